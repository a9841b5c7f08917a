"""A client of Munshi: figures, scores and answers about a lender's customers."""

from munshi_client.client import AsyncMunshi, Munshi
from munshi_client.errors import (
    Conflict,
    ConnectionFailed,
    Malformed,
    MunshiError,
    NotSignedIn,
    NotThere,
    Problem,
    Refused,
    TooMany,
    Unavailable,
)
from munshi_client.transport import rows_of

__all__ = [
    "AsyncMunshi",
    "Conflict",
    "ConnectionFailed",
    "Malformed",
    "Munshi",
    "MunshiError",
    "NotSignedIn",
    "NotThere",
    "Problem",
    "Refused",
    "TooMany",
    "Unavailable",
    "rows_of",
]
