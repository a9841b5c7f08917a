"""`/reports`: packs on paper, for what the caller may see."""

from __future__ import annotations

from fastapi import Response

from api.caller import Asking
from api.endpoint import Endpoint
from governance.errors import NotThere

PDF = "application/pdf"


def board(caller: Asking) -> Response:
    """The board pack as a PDF: the book, its risk, its riskiest borrowers, what is ahead, the credit model's health."""
    service = caller.service
    if service.board is None:
        raise NotThere("This server sets no reports. Start it with `munshi serve`, or use `munshi report board`.")
    made = service.board(service.workspace, caller.principal)
    name = f"board-pack-{service.workspace.name}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, media_type=PDF, headers=headers)


REPORT_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET", "/reports/board", "reports:make", board, "The board pack as a PDF", statuses=(404,),
        responses={200: {"description": "The pack", "content": {PDF: {}}}},
    ),
)  # fmt: skip
