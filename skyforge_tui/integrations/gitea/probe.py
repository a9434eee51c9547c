"""How Gitea is known.

Source: Gitea 1.15 to 1.27: `/api/v1/version` tells its release to everybody, or, on instances that
show nothing to strangers, refuses in words of its own.
"""

from __future__ import annotations

from typing import Final

import msgspec

from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.probe import Service
from skyforge_tui.integrations.http.reply import Reply


class _Version(msgspec.Struct):
    version: str


def _tells_version(answer: HttpError | Reply) -> bool:
    if isinstance(answer, HttpError):
        return answer.status in (401, 403) and b"signed in user" in answer.body
    try:
        return bool(answer.read(_Version).version)
    except HttpError:
        return False


GITEA: Final = Service("gitea", "Gitea", "/api/v1/version", _tells_version, ("/api/v1", "/api"))
