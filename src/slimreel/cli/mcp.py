"""The verb `mcp`: tools for agents over stdin and stdout, with a service of its own in one folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def mcp(
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="The folder of all that it keeps; else the user's own.")
    ] = None,
) -> None:
    """Let an agent use slimreel over the Model Context Protocol (stdio). Started by the agent, not by hand.

    \b
    Claude Desktop, Cursor, Windsurf, Cline and others (mcpServers in their JSON):
        {"mcpServers": {"slimreel": {"command": "slimreel", "args": ["mcp"]}}}
    VS Code (.vscode/mcp.json):
        {"servers": {"slimreel": {"type": "stdio", "command": "slimreel", "args": ["mcp"]}}}
    Claude Code:
        claude mcp add slimreel -- slimreel mcp
    Codex (~/.codex/config.toml):
        [mcp_servers.slimreel]
        command = "slimreel"
        args = ["mcp"]
    A running service answers the same at /mcp, with a bearer token. More is in docs/howto/mcp.md.
    """
    import logging

    from slimreel.mcp_server.embedded import serve
    from slimreel.settings.service import read_service_settings, user_folder

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    serve(read_service_settings({"data": data or user_folder()}))
