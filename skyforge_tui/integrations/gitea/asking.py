"""Asks about one repository or of lists: renamed ones are followed, pages counted, errors read.

Source: Gitea 1.15 to 1.27. Pages are cut silently to what the server likes (50 unless configured);
`X-Total-Count` is missing or wrong in places, and links carry whatever address the server believes
to have: pages are counted here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, TypeVar
from urllib.parse import quote, unquote, urlsplit

import msgspec

from skyforge_tui.integrations.gitea import wire
from skyforge_tui.integrations.http.client import MAX_BYTES, HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.lenient import Listed, read, read_each
from skyforge_tui.integrations.http.reply import Reply
from skyforge_tui.integrations.http.wire import Answer

T = TypeVar("T")
Query = Mapping[str, str | int]
PAGE: Final = 50
_MOST_PAGES: Final = 10_000
_MOST_HOPS: Final = 4
_REPO = re.compile(r"/repos/([^/]+)/([^/?]+)")
_BEHIND = re.compile(r'rel="next"')


def segments(path: str) -> str:
    """Escape a path for an address: each segment by itself, the slashes between them kept."""
    return quote(path, safe="/", errors="surrogateescape")


def is_stale(error: HttpError) -> bool:
    """Say whether a write was refused because the file is another one by now."""
    return error.status in (400, 409, 422) and b"sha does not match" in error.body


def is_taken(error: HttpError) -> bool:
    """Say whether a file was to be made that is there already."""
    return error.status == 422 and b"already exists" in error.body


def lacks_scope(error: HttpError) -> bool:
    """Say whether the token itself may not, whoever it belongs to."""
    return error.status == 403 and b"required scope" in error.body


def is_unknown_route(error: HttpError) -> bool:
    """Say whether this release does not know the path at all: that is said in plain text."""
    return error.status == 404 and error.body.startswith(b"404 page not found")


class Asking:
    """Sends requests; `http` has an address that ends in `/api/v1`."""

    def __init__(self, http: HttpClient) -> None:
        self.http = http
        self.renamed: dict[str, str] = {}
        """What repositories are called now, by what they were."""

    async def repo(
        self, method: str, repo: str, rest: str = "", body: object = None, *,
        query: Query | None = None, is_idempotent: bool | None = None, max_bytes: int = MAX_BYTES,
    ) -> Reply:  # fmt: skip
        """Send a request about the repository `OWNER/NAME`, under its present name.

        A renamed one is answered by a redirect before anything is done: it is sent again, with the
        same method and body, and only ever to this server. Where something is changed nothing is
        made of earlier redirects: another repository may have that name by now.

        Raises:
            HttpError: as `HttpClient.call`.
        """
        hops = 0
        if method != "GET":
            self.is_called(repo)
        while True:
            hops += 1
            path = self.path(repo, rest)
            try:
                return await self.http.call(
                    method, path, body, query=query, is_idempotent=is_idempotent,
                    max_bytes=max_bytes,
                )  # fmt: skip
            except HttpError as error:
                self._follow(repo, error, hops)

    def is_called(self, repo: str) -> None:
        """Know that a repository is called so now, whatever that name led to before."""
        self.renamed.pop(repo, None)

    def path(self, repo: str, rest: str = "") -> str:
        """Return the path of a repository, escaped, or of something below it that is so already."""
        return f"/repos/{segments(self.renamed.get(repo, repo))}{rest}"

    @asynccontextmanager
    async def stream(
        self, repo: str, rest: str, query: Query | None = None
    ) -> AsyncIterator[Answer]:
        """Give the answer to a GET about a repository while it arrives.

        Raises:
            HttpError: as `HttpClient.stream`.
        """
        async with AsyncExitStack() as stack:
            answer: Answer | None = None
            hops = 0
            while answer is None:
                hops += 1
                opening = self.http.stream(self.path(repo, rest), query)
                try:
                    answer = await stack.enter_async_context(opening)
                except HttpError as error:
                    self._follow(repo, error, hops)
            yield answer

    async def about(self, repo: str, rest: str, shape: type[T], query: Query | None = None) -> T:
        """Return something of a repository.

        Raises:
            HttpError: missing, also of what one may not see.
        """
        return read(await self.repo("GET", repo, rest, query=query), shape)

    async def every(self, path: str, shape: type[T], query: Query | None = None) -> Listed[T]:
        """Return the whole list at a path.

        Raises:
            HttpError: a page did not come: there is no half a list.
        """
        return read_each([row async for row in self._rows("", path, query)], shape)

    async def every_of(
        self, repo: str, rest: str, shape: type[T], query: Query | None = None
    ) -> Listed[T]:
        """Return the whole list of a repository's.

        Raises:
            HttpError: as `every`.
        """
        return read_each([row async for row in self._rows(repo, rest, query)], shape)

    async def _rows(self, repo: str, path: str, query: Query | None) -> AsyncIterator[msgspec.Raw]:
        seen, first, before = 0, 0, b""
        for page in range(1, _MOST_PAGES):
            asked: dict[str, Any] = {**(query or {}), "page": page, "limit": PAGE}
            if repo:
                reply = await self.repo("GET", repo, path, query=asked)
            else:
                reply = await self.http.call("GET", path, query=asked)
            if reply.body == before:  # it knows no pages, and has told everything
                return
            before = reply.body
            rows = _rows_of(reply)
            for row in rows:
                yield row
            seen, first = seen + len(rows), first or len(rows)
            if _is_last(reply, len(rows), seen, first, page):
                return

    def _follow(self, repo: str, error: HttpError, hops: int) -> None:
        """Learn the present name of a repository from a redirect.

        Raises:
            HttpError: the error itself, where it is nothing of the kind, or leads round in circles.
        """
        found = _REPO.search(urlsplit(error.location).path) if error.kind == "moved" else None
        if found is None:
            raise error
        name = f"{unquote(found[1])}/{unquote(found[2])}"
        if name == self.renamed.get(repo, repo) or hops > _MOST_HOPS:
            raise error
        self.renamed[repo] = name


def _rows_of(reply: Reply) -> list[msgspec.Raw]:
    if reply.body.lstrip().startswith(b"{"):
        return read(reply, wire.Found).data or []
    shape: Any = list[msgspec.Raw] | None
    rows: list[msgspec.Raw] | None = read(reply, shape)
    return rows or []


def _is_last(reply: Reply, count: int, seen: int, first: int, page: int) -> bool:
    """Say whether nothing can follow; a total alone is not believed where a link says otherwise."""
    if not count:
        return True
    told = reply.headers.get("x-total-count", "")
    has_more = _BEHIND.search(reply.headers.get("link", "")) is not None
    if told.isdecimal():
        return seen >= int(told) and not has_more
    return page > 1 and count < first and not has_more
