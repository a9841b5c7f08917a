"""The workspace's own documents over HTTP."""

from __future__ import annotations

NOTES = b"# Notes on vaults\n\n## Who opens the vault\nThe zebra keeper opens the vault at nine.\n"
AT = "/api/v1/knowledge"


def test_a_document_is_added_found_listed_and_removed(ask) -> None:
    added = ask("POST", f"{AT}?name=notes.md&status=draft", content=NOTES)
    assert added.status_code == 201, added.text
    told = added.json()
    assert (told["document_id"], told["title"], told["status"]) == ("own-notes-md", "Notes on vaults", "draft")
    assert [each["document_id"] for each in ask("GET", AT, "viewer").json()["documents"]] == ["own-notes-md"]
    found = ask("POST", "/api/v1/tools/search_knowledge", "viewer", json={"question": "who opens the vault"})
    assert found.json()["sources"][0]["id"] == "own-notes-md#who-opens-the-vault"
    assert ask("DELETE", f"{AT}/own-notes-md").json()["title"] == "Notes on vaults"
    assert ask("GET", AT).json() == {"documents": []}


def test_what_cannot_be_added_is_told(ask) -> None:
    for query, content, status, said in (
        ("name=a.xlsx", b"x", 422, "is read"),
        ("name=a.pdf", b"hello", 422, "no PDF file"),
        ("name=a.txt&role=admin", b"x", 422, "no role"),
        ("name=a.txt", b"x" * 20_000_001, 413, "20,000,000"),
    ):
        answer = ask("POST", f"{AT}?{query}", content=content)
        assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    assert ask("POST", f"{AT}?name=a.txt", "viewer", content=b"x").status_code == 403
    assert ask("DELETE", f"{AT}/own-nothing").status_code == 404
