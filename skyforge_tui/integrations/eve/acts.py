"""What changes something at an EVE-NG server. Much of it is a GET there: none is ever repeated.

Source: EVE-NG Community 2.0.3 and 6.2, UNetLab 1.0.0-11, `/api`; Pro as clients observe it.
"""

from __future__ import annotations

from typing import Final

from skyforge_tui.integrations.eve import paths
from skyforge_tui.integrations.eve.envelope import decoded, read_envelope
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError

_LONGEST_ARCHIVE: Final = 64 * 1024 * 1024
_EXPORTS: Final = "/Exports/"


class EveActs:
    """Sends what changes something; each returns when the server says that it was done."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def start(self, path: str, node: int) -> None:
        """Start a node: takes as long as its wrapper, and its delay.

        Raises:
            HttpError: invalid, with the wrapper's words, if it does not start.
        """
        await self._once("GET", f"{paths.lab_at(path)}/nodes/{node}/start")

    async def stop(self, path: str, node: int, *, is_pro: bool) -> None:
        """Stop a node; Pro wants to be told how. Raises: as `start`."""
        how = "/stopmode=3" if is_pro else ""
        await self._once("GET", f"{paths.lab_at(path)}/nodes/{node}/stop{how}")

    async def wipe(self, path: str, node: int) -> None:
        """Have a node forget what it keeps. Raises: as `start`."""
        await self._once("GET", f"{paths.lab_at(path)}/nodes/{node}/wipe")

    async def keep_config(self, path: str, node: int) -> None:
        """Read a node's configuration over its console and keep it in the lab.

        Raises:
            HttpError: invalid, where that kind of node has none, or somebody is on its console.
        """
        await self._once("PUT", f"{paths.lab_at(path)}/nodes/{node}/export")

    async def lock(self, path: str, *, is_locked: bool) -> None:
        """Lock a lab or unlock it: the server's own page keeps to it, its API does not."""
        await self._once("PUT", f"{paths.lab_at(path)}/{'Lock' if is_locked else 'Unlock'}")

    async def create(self, folder: str, name: str, *, author: str, description: str) -> str:
        """Make an empty lab and return its path.

        Raises:
            HttpError: invalid, if there is one; missing, if it cannot be called so.
        """
        path = f"{folder.rstrip('/')}/{name}{paths.LAB_ENDING}"
        paths.lab_at(path)
        body = {
            "path": folder or "/", "name": name, "version": "1", "author": author,
            "description": description, "body": "",
        }  # fmt: skip
        await self._once("POST", "/api/labs", body)
        return path

    async def export(self, path: str) -> bytes:
        """Return a lab as the archive that a browser would download.

        Raises:
            HttpError: missing, if it is gone; oversized, beyond 64 MiB.
        """
        paths.lab_at(path)
        body = {"0": path.removesuffix(paths.LAB_ENDING), "path": paths.above(path)}
        reply = await self._http.call("POST", "/api/export", body)
        where = decoded(read_envelope(reply).data)
        # It is fetched from wherever the server says: only from where it keeps such archives.
        if not isinstance(where, str) or not where.startswith(_EXPORTS) or ".." in where:
            raise HttpError("unreadable", "POST /api/export: what came is no archive's address")
        archive = await self._http.call("GET", where, max_bytes=_LONGEST_ARCHIVE)
        return archive.body

    async def _once(self, method: str, path: str, body: object = None) -> None:
        read_envelope(await self._http.call(method, path, body, is_idempotent=False))
