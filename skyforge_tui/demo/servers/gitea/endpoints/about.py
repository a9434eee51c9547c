"""What the server says of itself: `/version`, `/settings/api`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from skyforge_tui.demo.servers.gitea.answers import answer
from skyforge_tui.demo.servers.gitea.calling import Call, Routes

routes = Routes("")


@routes("GET", "/version", is_open=True)
async def version(call: Call) -> Response:
    """Tell the release."""
    return answer({"version": str(call.server.habits.version)})


@routes("GET", "/settings/api", is_open=True)
async def settings(call: Call) -> Response:
    """Tell how long lists and files may be."""
    habits = call.server.habits
    told: dict[str, Any] = {
        "max_response_items": habits.max_response_items,
        "default_paging_num": habits.default_paging_num,
        "default_git_trees_per_page": habits.tree_page,
        "default_max_blob_size": habits.max_blob_size,
    }
    if habits.version.minor >= 24:
        told["default_max_response_size"] = 104857600
    return answer(told)
