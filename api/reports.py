"""`/reports`: packs on paper, for what the caller may see."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Response

from api.caller import Asking
from api.endpoint import Endpoint
from governance.errors import NotThere

PDF = "application/pdf"
ReceiptId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Form = Annotated[Literal["csv", "xlsx", "pdf", "html", "svg", "png"], Path(description="kind of file")]


def board(caller: Asking) -> Response:
    """The board pack as a PDF: the book, its risk, its riskiest borrowers, what is ahead, the credit model's health."""
    service = caller.service
    if service.board is None:
        raise NotThere("This server sets no reports. Start it with `munshi serve`, or use `munshi report board`.")
    made = service.board(service.workspace, caller.principal)
    name = f"board-pack-{service.workspace.name}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, media_type=PDF, headers=headers)


def answer(receipt_id: ReceiptId, form: Form, caller: Asking) -> Response:
    """An answer as a file: made again from its receipt on the same books, masked as the caller sees it."""
    service = caller.service
    if service.export is None:
        raise NotThere("This server sets no reports. Start it with `munshi serve`, or use `munshi export`.")
    made = service.export(service.workspace, caller.principal, receipt_id, form)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"}
    return Response(made.content, media_type=made.media, headers=headers)


REPORT_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET", "/reports/board", "reports:make", board, "The board pack as a PDF", statuses=(404,),
        responses={200: {"description": "The pack", "content": {PDF: {}}}},
    ),
    Endpoint(
        "GET", "/receipts/{receipt_id}/export/{form}", "reports:make", answer, "An answer as a file", statuses=(404,),
        responses={200: {"description": "The file", "content": {PDF: {}}}},
    ),
)  # fmt: skip
