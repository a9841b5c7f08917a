"""Who thinks: the embedded planner, or a model of the operator's choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from governance.errors import ConfigurationError
from tools.operations.words import in_own_words, own_words

if TYPE_CHECKING:
    import datetime as dt

    from langchain_core.language_models import BaseChatModel

    from governance.principal import Principal
    from governance.settings import Settings
    from tools.workspace import Workspace

EMBEDDED = "embedded"

#: Provider → how it calls what the settings say. Others get the names most of them share.
ARGUMENTS: Mapping[str, Mapping[str, str]] = MappingProxyType({"ollama": {"model_base_url": "base_url"}})
SHARED = MappingProxyType({"model_base_url": "base_url", "model_api_key": "api_key", "model_seconds": "timeout"})


@dataclass(frozen=True)
class Mind:
    """A chat model under the name the answer shows.

    Attributes
    ----------
    external
        Whether what it reads leaves this process.
    """

    name: str
    model: BaseChatModel
    external: bool


class Minds:
    """The minds of one caller, in the order they are asked.

    Parameters
    ----------
    chosen
        Who thinks first; None for what the settings name.
    fallback
        Who thinks where that one fails; None for the embedded planner.
    """

    def __init__(
        self, workspace: Workspace, principal: Principal, chosen: Mind | None = None, fallback: Mind | None = None
    ) -> None:
        self._workspace = workspace
        self._principal = principal
        self._chosen = chosen
        self._fallback = fallback
        self._embedded: tuple[tuple[object, ...], Mind] | None = None

    def in_order(self) -> Iterator[Mind]:
        """The chosen mind; the embedded one after it, unless the chosen one is of this process already."""
        chosen = self._chosen or self._named()
        if chosen is not None:
            yield chosen
        if chosen is None or chosen.external:
            yield self._fallback or self._embedded_now()

    def _named(self) -> Mind | None:
        settings = self._workspace.settings
        if settings.model != EMBEDDED and self._chosen is None:
            self._chosen = external_mind(settings.model, settings)
        return self._chosen

    def _embedded_now(self) -> Mind:
        """The embedded mind that knows the newest books, and the words the workspace has by now."""
        known = (self._workspace.reader(self._principal).published, own_words(self._workspace))
        if self._embedded is None or self._embedded[0] != known:
            self._embedded = known, embedded_mind(self._workspace, self._principal)
        return self._embedded[1]


def oldest_posting(workspace: Workspace, principal: Principal) -> dt.date | None:
    """The oldest posting date that the caller may see; None where the books are empty."""
    sql = "SELECT CAST(min(posted_at) AS DATE) FROM books.core.transactions"
    return cast(
        "dt.date | None",
        workspace.remember(principal, "oldest posting", lambda: workspace.query(principal, sql).rows[0][0]),
    )


def embedded_mind(workspace: Workspace, principal: Principal) -> Mind:
    """The embedded planner on the books as they are now: no network, no key, deterministic."""
    from assistant.planner import EmbeddedPlanner
    from tools.model_state import serving_models
    from tools.occurring import occurring_values
    from tools.passages import LakePassages

    if workspace.vocabulary.database:
        return Mind(EMBEDDED, _of_database(workspace, principal), external=False)
    passages = LakePassages(workspace, principal).passages()
    model = EmbeddedPlanner(
        vocabulary=in_own_words(workspace, workspace.vocabulary),
        values=occurring_values(workspace, principal),
        data_clock=workspace.data_clock(principal),
        data_begins=oldest_posting(workspace, principal),
        personal=principal.may("pii:read"),
        models=tuple(model for model, _, _ in serving_models(workspace, principal)),
        passages=tuple(each.text for each in passages if each.kind != "own"),
        own=tuple(f"{each.title}. {each.section}. {each.text}" for each in passages if each.kind == "own"),
    )
    return Mind(EMBEDDED, model, external=False)


def _of_database(workspace: Workspace, principal: Principal) -> BaseChatModel:
    """The embedded planner on a database of one's own: its words are those of its semantic layer."""
    from assistant.planner import EmbeddedPlanner
    from assistant.planner.own_words import own_words
    from tools.occurring import occurring_values

    vocabulary = in_own_words(workspace, workspace.vocabulary_of(principal))
    return EmbeddedPlanner(
        vocabulary=vocabulary,
        values=occurring_values(workspace, principal),
        data_clock=workspace.data_clock(principal),
        models=(),
        customer_id=r"(?!)",
        words=own_words(vocabulary),
    )


def external_mind(name: str, settings: Settings) -> Mind:
    """A model by its ``init_chat_model`` name, such as ``openai:gpt-5``.

    Raises
    ------
    ConfigurationError
        No such provider, its package is missing, or it wants a key.
    """
    from langchain.chat_models import init_chat_model

    try:
        model = init_chat_model(name, **_arguments(name, settings))
    except ImportError as error:
        raise ConfigurationError(
            f"MUNSHI_MODEL is '{name}', but its package is not installed ({error}). Install it, or reach the model "
            "through an OpenAI-compatible server: MUNSHI_MODEL=openai:<model> and MUNSHI_MODEL_BASE_URL."
        ) from None
    except Exception as error:  # noqa: BLE001  each provider has its own errors for a missing key
        raise ConfigurationError(
            f"MUNSHI_MODEL is '{name}', which cannot be used: {type(error).__name__}. Check the name, and whether it "
            "needs MUNSHI_MODEL_API_KEY."
        ) from None
    return Mind(name, model, external=True)


def _arguments(name: str, settings: Settings) -> dict[str, Any]:
    provider = name.partition(":")[0]
    key = settings.model_api_key.get_secret_value() if settings.model_api_key else None
    if key is None and provider == "openai" and settings.model_base_url:
        key = "none"  # a local server asks for no key, its client does
    known = {
        "model_base_url": settings.model_base_url,
        "model_api_key": key,
        "model_seconds": settings.model_seconds,
    }
    named = ARGUMENTS.get(provider, SHARED)
    given = {named[setting]: value for setting, value in known.items() if setting in named and value is not None}
    # retries are ours: bounded, and over before the person gives up
    return given | ({"max_retries": 0} if named is SHARED else {}) | dict(_staying() if provider == "openai" else {})


@cache
def _staying() -> Mapping[str, Any]:
    """A client that goes nowhere but where the operator said: a redirect would take the question to another host."""
    import httpx

    return {"http_client": httpx.Client(follow_redirects=False)}
