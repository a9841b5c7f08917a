"""The sandbox of a lender that grew: ten million postings of a hundred thousand customers, made once and kept.

Customers of the first chunk are there for all of the months; credit and churn are trained and tried on them. All others
came in the last months and are scored by those models: nobody of them is known for long enough to be trained on.
Everyone spends less often than in the small sandbox: that is what ten million postings of so many people look like.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from benchmarks.place import DEMO, settings
from governance.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "large"
CUSTOMERS, CHUNK, SEED, SPENDING = 100_000, 5_000, 7, 0.08
#: Months of the first chunk's customers, and of all others.
LONG, SHORT = 42, 8


def large_place() -> Settings:
    """Return the settings of a home of their own: the sandbox in it is the large one."""
    own = settings()
    return own.model_copy(update={"home": own.home / FOLDER})


def large_workspace(place: Settings) -> str:
    """Return the name of the large workspace, made where there is none."""
    from tools.operations.fill import make_books
    from tools.operations.origin import of_simulation
    from tools.operations.scored import is_scored

    if not is_scored(DEMO, place):
        print("Making ten million postings of a hundred thousand customers, once …", file=sys.stderr)
        draft = place.model_copy(update={"home": place.home.with_suffix(".draft")})
        shutil.rmtree(draft.home, ignore_errors=True)
        for months, chunks in ((LONG, islice(_simulated(LONG), 1)), (SHORT, islice(_simulated(SHORT), 1, None))):
            terms = of_simulation(customers=CUSTOMERS, months=months, seed=SEED)
            make_books(chunks, terms, name=DEMO, settings=draft, progress=_told)
        draft.home.replace(place.home)
    return DEMO


def _simulated(months: int) -> Iterator[Mapping[str, pa.Table]]:
    from analytics.sandbox import SandboxProfile, simulate

    profile = SandboxProfile(CUSTOMERS, months, SEED, chunk_customers=CHUNK, spending=SPENDING)
    for place, chunk in enumerate(simulate(profile)):
        _told("Simulating the lender", place / profile.chunks)
        yield chunk.tables


def _told(what: str, share: float) -> None:
    print(f"{share:5.0%}  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    large_workspace(large_place())
