"""How an operation is called in the clients: a promise to who uses them, so it is said and not derived."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Operation → name. Tools go by their own names and inferences by ``infer_`` and theirs.
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "GET /tools": "list_tools",
        "POST /tools/{name}": "call_tool",
        "POST /batch/{model}": "submit_batch",
        "GET /jobs": "list_jobs",
        "GET /jobs/{job_id}": "get_job",
        "GET /jobs/{job_id}/result": "get_job_result",
        "DELETE /jobs/{job_id}": "delete_job",
        "POST /transactions": "send_posting",
        "POST /chat": "chat",
        "POST /mcp": "mcp",
        "GET /conversations/{conversation_id}": "get_conversation",
        "GET /receipts/{receipt_id}": "get_receipt",
        "POST /receipts/{receipt_id}/replay": "replay_receipt",
        "POST /receipts/{receipt_id}/feedback": "give_feedback",
        "GET /models": "list_models",
        "GET /audit/verify": "verify_audit",
        "GET /rules": "list_rules",
        "POST /rules": "draft_rules",
        "POST /rules/check": "check_rules",
        "GET /rules/{version}": "get_rules",
        "POST /rules/{version}/simulate": "simulate_rules",
        "POST /rules/{version}/approve": "approve_rules",
        "POST /rules/{version}/activate": "activate_rules",
        "POST /rules/{version}/retire": "retire_rules",
        "GET /reviews": "list_reviews",
        "GET /reviews/decided": "list_decided_reviews",
        "POST /reviews/{case_id}": "decide_review",
        "POST /letters/{customer_id}": "draft_letter",
        "GET /knowledge": "list_documents",
        "POST /knowledge": "add_document",
        "DELETE /knowledge/{document_id}": "remove_document",
        "GET /unanswered": "list_unanswered",
        "GET /reports/board": "get_board_pack",
        "GET /receipts/{receipt_id}/export/{form}": "export_answer",
        "POST /privacy/erasures": "erase_customer",
        "GET /privacy/erasures": "list_erasures",
        "GET /privacy/exports/{customer_id}": "export_customer",
        "POST /privacy/holds": "hold_customer",
        "POST /privacy/holds/release": "release_customer",
        "GET /privacy/holds": "list_holds",
        "POST /privacy/consents": "record_consent",
        "GET /privacy/consents/{customer_id}": "list_consents",
        "GET /privacy/retention": "get_retention",
        "POST /privacy/retention": "run_retention",
        "POST /privacy/breaches": "log_breach",
        "GET /privacy/breaches": "list_breaches",
        "GET /privacy/records": "list_processing_records",
        "POST /sessions": "sign_in",
        "DELETE /sessions": "sign_out",
        "GET /me": "me",
        "POST /token": "get_token",
        "GET /jwks.json": "get_jwks",
        "GET /keys": "list_keys",
        "POST /keys": "create_key",
        "POST /keys/{key_id}/rotate": "rotate_key",
        "POST /keys/{key_id}/revoke": "revoke_key",
        "GET /webhooks": "list_webhooks",
        "POST /webhooks": "register_webhook",
        "DELETE /webhooks/{webhook_id}": "remove_webhook",
        "POST /webhooks/{webhook_id}/test": "test_webhook",
        "GET /webhooks/{webhook_id}/deliveries": "list_deliveries",
        "GET /alerts": "list_alerts",
        "POST /alerts/check": "check_alerts",
        "POST /alerts/{alert_id}/acknowledge": "acknowledge_alert",
        "POST /alerts/{alert_id}/snooze": "snooze_alert",
        "POST /alerts/{alert_id}/resolve": "resolve_alert",
        "POST /alerts/{alert_id}/reopen": "reopen_alert",
        "GET /alert-rules": "list_alert_rules",
        "POST /alert-rules": "add_alert_rule",
        "DELETE /alert-rules/{name}": "remove_alert_rule",
        "GET /worklist": "list_worklist",
        "POST /worklist/fill": "fill_worklist",
        "GET /worklist/worth": "get_worth_of_acting",
        "POST /worklist/{item_id}/assign": "assign_item",
        "POST /worklist/{item_id}/note": "note_item",
        "POST /worklist/{item_id}/resolve": "resolve_item",
        "POST /worklist/{item_id}/undo": "undo_item",
        "GET /schedules": "list_schedules",
        "POST /schedules": "add_schedule",
        "DELETE /schedules/{schedule_id}": "remove_schedule",
        "POST /schedules/{schedule_id}/pause": "pause_schedule",
        "GET /schedules/{schedule_id}/runs/{run_id}": "get_scheduled_result",
    }
)
#: Operations besides tools and inferences that may be sent again after a break of the line: they change nothing, or
#: what they carry is their key.
SAFE = frozenset({"send_posting", "check_rules", "get_token", "mcp", "simulate_rules"})


def name_of(method: str, path: str) -> str:
    """The operation's name in the clients.

    Raises
    ------
    KeyError
        It has none: give it one in `NAMES`.
    """
    if (key := f"{method} {path}") in NAMES:
        return NAMES[key]
    _, first, *rest = path.split("/")
    if (method, first) == ("POST", "tools"):
        return rest[0]
    if (method, first) == ("POST", "inference"):
        return f"infer_{rest[0].replace('-', '_')}"
    raise KeyError(f"{key} has no name in the clients: give it one in api/sdk/names.py.")


def is_safe(method: str, path: str, name: str) -> bool:
    """Whether it may be sent again where nobody knows whether it arrived."""
    return method in ("GET", "DELETE") or path.startswith(("/tools/", "/inference/")) or name in SAFE
