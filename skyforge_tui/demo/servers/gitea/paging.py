"""Lists in pages, as Gitea cuts them: silently no longer than it likes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from starlette.responses import Response

from skyforge_tui.demo.servers.gitea.answers import answer

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.gitea.calling import Call

T = TypeVar("T")


def asked(call: Call) -> tuple[int, int]:
    """Return page and size of a request; nonsense is what was not said."""
    habits = call.server.habits
    page, limit = _number(call, "page"), _number(call, "limit")
    if limit <= 0:
        limit = habits.default_paging_num
    return max(1, page), min(limit, habits.max_response_items)


def sliced(call: Call, things: Sequence[T]) -> Sequence[T]:
    """Return the things on the page that is asked for."""
    page, limit = asked(call)
    return things[(page - 1) * limit : page * limit]


def paged(
    call: Call, shown: Any, total: int, *, envelope: dict[str, Any] | None = None
) -> Response:
    """Return a page with what Gitea tells beside it."""
    return answer(shown if envelope is None else envelope, headers=headers(call, total))


def headers(call: Call, total: int) -> dict[str, str]:
    """Return the total, and links to other pages with the address that the server believes in."""
    page, limit = asked(call)
    last = -(-total // limit)
    found: dict[str, int] = {}
    if page < last:
        found |= {"next": page + 1, "last": last}
    if page > 1:
        found |= {"first": 1, "prev": page - 1}
    links = (f'<{_link(call, number)}>; rel="{name}"' for name, number in found.items())
    told = {"x-total-count": str(total)} if call.server.habits.tells_total else {}
    if found:
        told["link"] = ",".join(links)
    return told


def _link(call: Call, page: int) -> str:
    query = {**call.request.query_params, "page": str(page)}
    path = call.request.scope["raw_path"].decode("ascii")
    return f"{call.server.root_url}{path}?{urlencode(sorted(query.items()))}"


def _number(call: Call, name: str) -> int:
    text = call.request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() else 0
