"""The embedding that the operator chose, for one workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.embedders import BUILT_IN, Embedder, embedder
from tools.hiding import Hiding

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace


def embedder_of(workspace: Workspace, principal: Principal) -> Embedder | None:
    """Return what makes vectors of passages and questions; None for the built-in embedding.

    Raises
    ------
    ConfigurationError
        The setting names nothing that is there.
    """
    settings = workspace.settings
    if settings.embeddings == BUILT_IN:
        return None
    key = settings.embeddings_api_key.get_secret_value() if settings.embeddings_api_key else ""
    return embedder(settings.embeddings, settings.embeddings_base_url, key, Hiding(workspace, principal).hidden)
