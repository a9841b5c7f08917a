"""The description as a Postman collection: a request for each operation, with its example and what to expect."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from api.sdk.operations import Operation, operations

FOLDER = "docs/examples/postman"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
#: Ids of the collection's parts are made of their names: the same each time.
_SPACE = uuid.UUID("6f1c4e0e-6b3e-4d0b-9f37-2d8c5a1e7b11")
#: What an address holds where nothing of one's own is put there.
PLACES: Mapping[str, str] = {
    "customer_id": "{{customer_id}}", "conversation_id": "c1", "receipt_id": "r_0", "job_id": "b_0000000000000000",
    "model": "credit", "version": "1", "case_id": "v_000000000000", "document_id": "own-none", "key_id": "0" * 12,
    "webhook_id": "wh_000000000000", "name": "workspace_status", "alert_id": "al_0000000000",
    "item_id": "wk_0000000000", "schedule_id": "sc_0000000000", "run_id": "rn_0000000000", "form": "pdf",
}  # fmt: skip
#: Environment → values of its variables.
ENVIRONMENTS: Mapping[str, Mapping[str, str]] = {
    "sandbox": {"base_url": "http://127.0.0.1:7860", "key": "", "customer_id": "C_4F21"},
    "production": {"base_url": "https://munshi.example.com", "key": "", "customer_id": ""},
}


def postman_files(document: Mapping[str, Any]) -> dict[str, str]:
    """Address below the repository → content: the collection and its environments."""
    files = {f"{FOLDER}/munshi.postman_collection.json": collection(document)}
    files |= {f"{FOLDER}/{name}.postman_environment.json": _environment(name, values)
              for name, values in ENVIRONMENTS.items()}  # fmt: skip
    return {name: json.dumps(content, indent=1, ensure_ascii=False) + "\n" for name, content in files.items()}


def collection(document: Mapping[str, Any]) -> dict[str, Any]:
    """The collection (format 2.1), in folders by the first word of the address."""
    folders: dict[str, list[dict[str, Any]]] = {}
    for each in operations(document):
        told = document["paths"][each.path][each.method.lower()]
        folders.setdefault(each.path.split("/")[1], []).append(_request(each, told))
    return {
        "info": {"_postman_id": _id("collection"), "name": "Munshi", "schema": SCHEMA,
                 "description": document["info"]["description"]},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{key}}", "type": "string"}]},
        "item": [{"name": name, "item": items} for name, items in folders.items()],
        "variable": [{"key": name, "value": value} for name, value in ENVIRONMENTS["sandbox"].items()],
    }  # fmt: skip


def _request(operation: Operation, told: Mapping[str, Any]) -> dict[str, Any]:
    expected = sorted(int(status) for status in told["responses"] if int(status) < 500)
    parts = [PLACES[part[1:-1]] if part.startswith("{") else part for part in operation.path.strip("/").split("/")]
    query = [{"key": each.wire, "value": "note.md"} for each in operation.at("query") if each.required]
    made: dict[str, Any] = {
        "method": operation.method,
        "header": [{"key": "Content-Type", "value": _media(operation)}] if operation.body != "none" else [],
        "url": {"raw": "{{base_url}}/api/v1/" + "/".join(parts), "host": ["{{base_url}}"],
                "path": ["api", "v1", *parts], "query": query},
        "description": operation.description,
    }  # fmt: skip
    if operation.body != "none":
        made["body"] = _body(operation)
    if operation.public:
        made["auth"] = {"type": "noauth"}
    return {"id": _id(operation.name), "name": operation.summary, "request": made, "event": [_test(expected)]}


def _media(operation: Operation) -> str:
    kinds = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
    return kinds.get(operation.body) or operation.media[0]


def _body(operation: Operation) -> dict[str, Any]:
    if operation.body == "form":
        fields = [{"key": each.wire, "value": str(each.schema.get("const", ""))} for each in operation.at("body")]
        return {"mode": "urlencoded", "urlencoded": [each for each in fields if each["value"]]}
    if operation.body == "content":
        return {
            "mode": "raw",
            "raw": "customer_id\nC_4F21\n" if "batch" in operation.path else "# A note\n\nOf ours.\n",
        }
    text = json.dumps(dict(operation.example or {}), indent=2, ensure_ascii=False).replace(
        '"C_4F21"', '"{{customer_id}}"'
    )
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}


def _test(expected: list[int]) -> dict[str, Any]:
    """What Postman and newman check of an answer: its status is a declared one, and a problem says what is wrong."""
    return {"listen": "test", "script": {"type": "text/javascript", "exec": [
        f"const declared = {json.dumps(expected)};",
        "pm.test('the status is a declared one', () => pm.expect(declared).to.include(pm.response.code));",
        "pm.test('a problem says what is wrong', () => {",
        "  if (pm.response.code >= 400) pm.expect(pm.response.json()).to.include.keys('type', 'title', 'detail');",
        "});",
    ]}}  # fmt: skip


def _environment(name: str, values: Mapping[str, str]) -> dict[str, Any]:
    kept = [{"key": key, "value": value, "type": "secret" if key == "key" else "default", "enabled": True}
            for key, value in values.items()]  # fmt: skip
    return {"id": _id(f"environment {name}"), "name": f"Munshi {name}", "values": kept,
            "_postman_variable_scope": "environment"}  # fmt: skip


def _id(name: str) -> str:
    return str(uuid.uuid5(_SPACE, name))
