"""What concerns the whole server: runners, and the queue."""

from __future__ import annotations

from starlette.responses import Response

from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.answers import Refusal, answer
from skyforge_tui.demo.servers.semaphore.calling import Call, Routes

routes = Routes()


@routes("GET", "/runners", since=10)
async def runners(call: Call) -> Response:
    """List the runners that serve every project."""
    _needs_admin(call)
    return answer(call.server.runners)


@routes("GET", "/tasks", since=16)
async def queue(call: Call) -> Response:
    """List the runs of all projects that are not over."""
    _needs_admin(call)
    active = [one for one in call.state.runs.values() if not one.is_over]
    return answer([shapes.listed_run(one, call.state) for one in active])


def _needs_admin(call: Call) -> None:
    if not call.account.person.is_admin:
        raise Refusal(403)
