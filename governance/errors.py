"""Every error Munshi raises on purpose.

::

    MunshiError                 has a message for the person and a code for the machine
    ├── ConfigurationError      a setting is wrong or missing
    ├── WorkspaceError          the books cannot be opened as asked
    │   ├── WorkspaceNotFound
    │   ├── WorkspaceExists
    │   ├── WorkspaceBusy       another process writes; the message names it
    │   ├── WorkspaceSuspended  it answers nobody until it is resumed
    │   ├── KeyUnusable         the master key or data key is wrong or lost
    │   ├── BooksCorrupt        catalog or data cannot be read
    │   ├── SchemaMismatch      the books are of another schema version
    │   ├── ControlUnavailable  the database of the control data does not answer
    │   └── StorageFull
    ├── SourceError             a source file is missing or malformed
    ├── ModelError              a model cannot be fitted, loaded or served
    ├── ToolRetry               the caller can mend the arguments; lists what exists
    │   └── NotThere            what was named does not exist within the caller's sight
    ├── ToolRefused             permission, consent, safety: final, and audited
    ├── NotSignedIn             who asks is not known: no, wrong, expired or revoked credentials
    ├── ProviderUnavailable     who signs people in from elsewhere does not answer, or not as agreed
    ├── IdentityError           a user or a key cannot be made or changed as asked
    ├── BudgetSpent             no more may be spent on a model outside
    └── ReceiptNotFound

A message says what was wrong, what exists and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar


class MunshiError(Exception):
    """Base of all. ``exit_code`` is what the command line ends with."""

    exit_code: ClassVar[int] = 1


class ConfigurationError(MunshiError):
    """A setting is wrong or missing."""

    exit_code = 2


class WorkspaceError(MunshiError):
    """The books cannot be opened as asked."""


class WorkspaceNotFound(WorkspaceError):
    """No workspace of that name."""


class WorkspaceExists(WorkspaceError):
    """A workspace of that name is already there."""


class WorkspaceBusy(WorkspaceError):
    """Another process holds the writer's lock."""


class WorkspaceSuspended(WorkspaceError):
    """It answers nobody until it is resumed."""

    exit_code = 3


class KeyUnusable(WorkspaceError):
    """The key is missing, lost or of another workspace."""


class BooksCorrupt(WorkspaceError):
    """The catalog or a data file cannot be read."""


class SchemaMismatch(WorkspaceError):
    """The books carry a schema version this Munshi cannot use."""


class ControlUnavailable(WorkspaceError):
    """The database of the control data does not answer."""


class StorageFull(WorkspaceError):
    """The disk has no room; what was published before stays good."""


class SourceError(MunshiError):
    """A source file is missing or malformed."""


class ModelError(MunshiError):
    """A model cannot be fitted, loaded or served."""


class ToolRetry(MunshiError):
    """The arguments can be mended; the message lists what exists."""

    exit_code = 2


class NotThere(ToolRetry):
    """What was named does not exist within the caller's sight."""


class ToolRefused(MunshiError):
    """Permission, consent or safety says no. Final, and audited."""

    exit_code = 3


class NotSignedIn(MunshiError):
    """Nobody is known by what was presented; the message never says which part of it was wrong."""

    exit_code = 3


class ProviderUnavailable(MunshiError):
    """The provider that signs people in from elsewhere does not answer, or not as it should."""


class IdentityError(MunshiError):
    """A user or a key cannot be made or changed as asked."""

    exit_code = 2


class BudgetSpent(MunshiError):
    """A budget for models outside has no room for a further call."""


class ReceiptNotFound(MunshiError):
    """No receipt of that id in this workspace."""


def did_you_mean(word: str, known: Iterable[str], *, shown: int = 8) -> str:
    """Return a sentence that names the nearest of ``known`` and lists some of them.

    Parameters
    ----------
    word
        What the caller wrote.
    known
        What exists.
    shown
        How many of the known to list at the most.
    """
    from rapidfuzz import process

    options = sorted(set(known))
    nearest = [
        name for name, score, _ in process.extract(word, options, processor=str.casefold, limit=1) if score >= 70
    ]
    hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
    rest = f" and {len(options) - shown} more" if len(options) > shown else ""
    return f"{hint} There are: {', '.join(options[:shown])}{rest}." if options else hint
