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

from analytics.schema import MONEY, TABLES
from governance.errors import ConfigurationError

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa

#: Folder of the steps between the tables.
STEPS = "steps"
#: What the values rest on, on any master.
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
#: One machine, no web page, nothing listening beyond loopback.
LOCAL_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
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
    settings = SETTINGS | (LOCAL_SETTINGS if master.startswith("local") else {})
    for key, value in settings.items():
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
        select = expression if isinstance(expression, str) else self._select(expression)
        rows = _as_declared(self.backend._session.sql(select), qualified)
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

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """Write a step out, beside the tables; what a step before it was read from stays."""
        self.replace(f"{STEPS}.{name}", expression)
        return self.table(STEPS, name)

    def hold(self, name: str, rows: pa.Table) -> ibis.Table:
        """Write rows of the driver out as a step."""
        shutil.rmtree(self._place(STEPS, name), ignore_errors=True)
        self.append(f"{STEPS}.{name}", rows)
        return self.table(STEPS, name)

    def arrow(self, expression: ibis.Table) -> pa.Table:
        """Return the expression's rows as an Arrow table."""
        return self.backend.to_pyarrow(expression)

    def frame(self, expression: ibis.Table) -> pd.DataFrame:
        """Return the expression's rows as a pandas frame."""
        rows: pd.DataFrame = self.backend.to_pandas(expression)
        return rows

    def _select(self, expression: ibis.Table) -> str:
        from analytics.engine import steps_apart

        with steps_apart():
            return str(self.backend.compile(expression))

    def _place(self, schema: str, name: str) -> Path:
        return self._folder / schema / name


def _as_declared(rows: Any, qualified: str) -> Any:
    """Return the rows with the declared precision of money, which Spark widens where amounts are added."""
    table = next((each for each in TABLES if each.qualified == qualified), None)
    money = [column.name for column in table.columns if column.type == MONEY] if table else []
    return rows.withColumns({name: rows[name].cast(MONEY.lower()) for name in money if name in rows.columns})
