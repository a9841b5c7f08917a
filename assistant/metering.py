"""Counting what a model outside costs, and stopping before it costs more than it may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.turn import MindFailed
from governance.errors import BudgetSpent
from governance.usage import Ledger, Price

if TYPE_CHECKING:
    from governance.settings import Settings


class Meter:
    """The ledger as one question's model meets it.

    Parameters
    ----------
    ledger
        Where calls are written down.
    principal, mind
        Who asks whom.
    price
        What a million tokens cost.
    """

    def __init__(self, ledger: Ledger, principal: str, mind: str, price: Price) -> None:
        self._ledger = ledger
        self._principal = principal
        self._mind = mind
        self._price = price
        self._running: tuple[str, int] | None = None

    def before(self, prompt_tokens: int) -> None:
        """Write a call down that is about to be made.

        Raises
        ------
        MindFailed
            A budget is spent.
        """
        try:
            entry_id = self._ledger.reserve(self._principal, self._mind, prompt_tokens, self._price)
        except BudgetSpent as spent:
            raise MindFailed(str(spent)) from None
        self._running = entry_id, prompt_tokens

    def after(self, completion_tokens: int, reported: Mapping[str, Any]) -> None:
        """Add what came back; what the provider counted goes before our estimate where it says more than nought."""
        if self._running is None:
            return
        entry_id, prompt_tokens = self._running
        self._running = None
        prompt = _counted(reported.get("input_tokens"), prompt_tokens)
        completion = _counted(reported.get("output_tokens"), completion_tokens)
        self._ledger.settle(entry_id, prompt, completion, self._price)


def price_of(settings: Settings) -> Price:
    """What the operator says that a million tokens cost."""
    return Price(settings.model_prompt_price, settings.model_completion_price)


def _counted(reported: Any, estimated: int) -> int:
    return reported if isinstance(reported, int) and reported > 0 else estimated
