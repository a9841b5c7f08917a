"""Which columns are personal, and how each is shown to those who may not see it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Column name → SQL that masks it; ``{column}`` is the quoted column.
MASKS: Mapping[str, str] = MappingProxyType(
    {
        "full_name": "left({column}, 1) || '•••'",
        "phone": "'••••••' || right({column}, 4)",
        "email": "'•••@' || split_part({column}, '@', 2)",
        "tax_pan": "'•••••' || right({column}, 2)",
        "card_number": "left({column}, 6) || '••••••' || right({column}, 4)",
        "birth_date": "date_trunc('year', {column})::DATE",
        "narration": "CASE WHEN {column} IS NULL THEN NULL ELSE '•••' END",
        "counterparty": "CASE WHEN {column} IS NULL THEN NULL ELSE '•••' END",
        "party": "CASE WHEN {column} IS NULL THEN NULL ELSE '•••' END",
        "vpa": "'•••@' || split_part({column}, '@', 2)",
        "remark": "CASE WHEN {column} IS NULL THEN NULL ELSE '•••' END",
        "employer": "CASE WHEN {column} IS NULL THEN NULL ELSE '•••' END",
    }
)

PERSONAL_COLUMNS: frozenset[str] = frozenset(MASKS)


#: What a personal column becomes that no name tells of: nothing of it is left but that there is something.
WHOLLY = "CASE WHEN {column} IS NULL THEN NULL ELSE '•••' END"


def masked(column: str) -> str:
    """Return the SQL expression that shows ``column`` masked, under its own name."""
    quoted = f'"{column}"'
    return f"{MASKS.get(column, WHOLLY).format(column=quoted)} AS {quoted}"
