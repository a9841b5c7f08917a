"""The operator's embedding at work on a workspace: nothing personal leaves with a question, and a failure is said."""

from __future__ import annotations

from embedding_server import embedding_server

from governance.principal import local_principal
from governance.settings import Settings
from tools.search_knowledge import search_knowledge
from tools.workspace import Workspace

ME = local_principal("demo")
WANTED = "access-and-masking#consent-flags-on-customers"
QUESTION = (
    "do customers marked dispute, deceased, legal or do not contact carry the flag into every list, "
    "so that nobody calls them by mistake"
)


def test_a_question_leaves_without_personal_data(demo_settings: Settings) -> None:
    with embedding_server(("contact",), ("pci",)) as server:
        set_so = {"embeddings": "openai:wise", "embeddings_base_url": server.url}
        with Workspace.open("demo", demo_settings.model_copy(update=set_so)) as books:
            name, phone = books.query(ME, "SELECT full_name, phone FROM books.core.customers LIMIT 1").rows[0]
            found = search_knowledge(books, ME, question=f"{QUESTION}: {name} at {phone}")
            assert WANTED in {source.id for source in found.sources}
            assert found.warnings == ()
            sent = " ".join(server.texts)
            assert "NAME_" in server.texts[-1]
            assert "PHONE_" in server.texts[-1]
            assert not any(secret.lower() in sent.lower() for secret in (name, phone, phone[-10:]))
            server.status = 500
            again = search_knowledge(books, ME, question=QUESTION)
            assert WANTED in {source.id for source in again.sources}
            assert "openai:wise failed: it answered 500. The built-in one was used instead." in again.warnings[0]
