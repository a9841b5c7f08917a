"""Entries that come together share a write on the loop; each caller goes on when his is durable, or hears its error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from api.together import Together


class Slow:
    """A disk that takes its time."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def __call__(self, entries: Sequence[int]) -> None:
        time.sleep(0.005)
        if -1 in entries:
            raise OSError("full")
        self.batches.append(list(entries))

    @property
    def written(self) -> list[int]:
        return [entry for batch in self.batches for entry in batch]


def test_every_entry_is_written_once_in_order_and_before_its_caller_goes_on() -> None:
    disk = Slow()
    together: Together[int] = Together(disk)

    async def add(number: int) -> bool:
        await asyncio.sleep(number % 7 / 1000)
        await together.add(number)
        return number in disk.written

    async def all_of_them() -> list[bool]:
        return await asyncio.gather(*(add(number) for number in range(200)))

    for _ in range(2):  # a second loop, as where an application is served again
        assert all(asyncio.run(all_of_them()))
    assert sorted(disk.written) == sorted([*range(200)] * 2)
    assert len(disk.batches) < 40


def test_an_error_reaches_those_who_waited_for_it_and_nobody_after() -> None:
    disk = Slow()
    together: Together[int] = Together(disk)

    async def run() -> list[BaseException | None]:
        said = await asyncio.gather(*(together.add(number) for number in (1, -1, 2)), return_exceptions=True)
        await together.add(9)
        return said

    said = asyncio.run(run())
    assert isinstance(said[1], OSError)
    assert disk.written[-1] == 9
    assert [number for number, error in zip((1, -1, 2), said, strict=True) if error is None] == disk.written[:-1]


def test_who_gives_up_waiting_keeps_nobody_else_from_it() -> None:
    disk = Slow()
    together: Together[int] = Together(disk)

    async def run() -> None:
        first = asyncio.create_task(together.add(1))
        second = asyncio.create_task(together.add(2))
        await asyncio.sleep(0)
        first.cancel()
        await second
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(run())
    assert 2 in disk.written
