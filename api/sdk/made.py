"""Everything that is made of the description, in one place for who writes it and for who holds it to the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.sdk.clients import python_files, typescript_files
from api.sdk.postman import postman_files


def made(document: Mapping[str, Any]) -> dict[str, str]:
    """Address below the repository → what is to stand there."""
    return {**python_files(document), **typescript_files(document), **postman_files(document)}
