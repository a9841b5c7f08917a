"""The books on Spark: the same pipeline and features where one machine is outgrown.

Tables are Parquet files in one folder, a folder for each; every `replace` writes its table out, so that the next step
reads it instead of running all steps before it again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.errors import ConfigurationError

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa

#: One machine, no web page, nothing listening beyond loopback.
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.driver.memory": "3g",
}


@contextmanager
def spark_session(master: str = "local[2]") -> Iterator[Any]:
    """Open a session on ``master`` and stop it at the end.

    Raises
    ------
    ConfigurationError
        pyspark is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise ConfigurationError("Spark is not installed. Install the extra: `pip install 'munshi[spark]'`.") from None
    builder = SparkSession.builder.master(master).appName("munshi")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()


class SparkBooks:
    """Books as `analytics.pipeline.books.BooksWriter` wants them, over Spark.

    Parameters
    ----------
    session
        An open Spark session.
    folder
        Where the tables lie, as ``<schema>/<name>`` or ``<schema>/<name>.parquet``.
    """

    def __init__(self, session: Any, folder: Path) -> None:
        import ibis

        self.backend = ibis.pyspark.connect(session)
        self._folder = folder

    def table(self, schema: str, name: str) -> ibis.Table:
        """Return ``<schema>.<name>`` as it lies in the folder."""
        whole, single = self._place(schema, name), self._folder / schema / f"{name}.parquet"
        found: ibis.Table = self.backend.read_parquet(str(whole if whole.exists() else single))
        return found

    def replace(self, qualified: str, expression: ibis.Table | str, sort_by: Sequence[str] = ()) -> None:
        """Write a table out anew; files are sorted within themselves."""
        select = expression if isinstance(expression, str) else self.backend.compile(expression)
        rows = self.backend._session.sql(select)
        draft = self._place(*qualified.split(".")).with_suffix(".draft")
        (rows.sortWithinPartitions(*sort_by) if sort_by else rows).write.mode("overwrite").parquet(str(draft))
        final = self._place(*qualified.split("."))
        shutil.rmtree(final, ignore_errors=True)
        draft.rename(final)

    def append(self, qualified: str, rows: pa.Table) -> None:
        """Append rows by column name, as one more file."""
        import pyarrow.parquet as pq

        folder = self._place(*qualified.split("."))
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, folder / f"part-{len(list(folder.iterdir())):05d}.parquet")

    def frame(self, expression: ibis.Table) -> pd.DataFrame:
        """Return the expression's rows as a pandas frame."""
        rows: pd.DataFrame = self.backend.to_pandas(expression)
        return rows

    def _place(self, schema: str, name: str) -> Path:
        return self._folder / schema / name
