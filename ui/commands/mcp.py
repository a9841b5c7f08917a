"""`munshi mcp`: the tools for a program on this machine that speaks the Model Context Protocol."""

from __future__ import annotations

import logging
import sys

from ui.commands.options import WorkspaceName


def mcp(workspace: WorkspaceName = "demo") -> None:
    """Speak the Model Context Protocol on standard input and output, as the one who sits at this machine."""
    import anyio
    from mcp.server.stdio import stdio_server

    from api.mcp_server import mcp_server
    from governance.principal import local_principal
    from governance.settings import load_settings
    from tools.workspace import Workspace

    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)

    async def speak(opened: Workspace) -> None:
        principal = local_principal(opened.name)
        server = mcp_server(opened, lambda _: principal)
        async with stdio_server() as (coming, going):
            await server.run(coming, going, server.create_initialization_options())

    with Workspace.open(workspace, load_settings()) as opened:
        anyio.run(speak, opened)
