"""An alert rule: a governed metric or a list, compared with a threshold or with its own past."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from governance.errors import ToolRetry
from knowledge.query import Filter

#: List → the column that tells its rows apart.
LISTS: Mapping[str, str] = {
    "top_risky_borrowers": "customer_id", "likely_leavers": "customer_id", "unusual_transactions": "transaction_id",
}  # fmt: skip
Window = Literal["newest_month", "newest_3_months", "newest_12_months", "all_time"]


class AlertRule(BaseModel):
    """One rule.

    Attributes
    ----------
    metric, filters, period
        A governed metric, narrowed, over a stretch of time on the data clock.
    list, arguments, where
        A list of a tool, its arguments, and conditions on its columns: what is compared is how many rows meet them.
    new
        Of a list: only rows that the check before did not see.
    above, below
        The threshold; one of them, or ``rises`` or ``falls``.
    rises, falls
        The share by which the newest month lies over or under the mean of the ``months`` before it: 0.2 is 20 %.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
    title: Annotated[str, Field(max_length=160)] = ""
    metric: str = ""
    filters: tuple[Filter, ...] = ()
    period: Window = "newest_month"
    list: str = ""
    arguments: Mapping[str, Any] = Field(default_factory=dict)
    where: tuple[Filter, ...] = ()
    new: bool = False
    above: Decimal | None = None
    below: Decimal | None = None
    rises: Annotated[Decimal | None, Field(gt=0)] = None
    falls: Annotated[Decimal | None, Field(gt=0, lt=1)] = None
    months: Annotated[int, Field(ge=2, le=24)] = 6

    @model_validator(mode="after")
    def _says_what_and_when(self) -> AlertRule:
        compared = [name for name in ("above", "below", "rises", "falls") if getattr(self, name) is not None]
        faults = []
        if bool(self.metric) == bool(self.list):
            faults.append("name a metric or a list, one of them")
        if len(compared) != 1:
            faults.append("say one of above, below, rises, falls")
        if self.list and self.list not in LISTS:
            faults.append(f"there is no list '{self.list}': there are {', '.join(LISTS)}")
        if self.list and (self.filters or compared in (["rises"], ["falls"])):
            faults.append("a list is narrowed by arguments and where, and compared with above or below")
        if self.metric and (self.arguments or self.where or self.new):
            faults.append("arguments, where and new are of lists; a metric is narrowed by filters")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def of_its_past(self) -> bool:
        """Whether it is compared with the months before."""
        return self.rises is not None or self.falls is not None


def alert_rule(told: Mapping[str, Any]) -> AlertRule:
    """Read a rule.

    Raises
    ------
    ToolRetry
        Something in it is wrong; the message lists every fault.
    """
    try:
        return AlertRule.model_validate(dict(told))
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'rule'}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors()
        )
        raise ToolRetry(f"This is no alert rule: {faults}.") from None
