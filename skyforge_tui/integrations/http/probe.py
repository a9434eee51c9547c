"""Finds the API of a service behind whatever a person typed, and says what is there instead."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

from skyforge_tui.integrations.http.address import Address, read_address
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError, plain
from skyforge_tui.integrations.http.pace import Retry
from skyforge_tui.integrations.http.reply import Reply, page_title
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.http.wire import Patience

REDIRECTS: Final = 5
_NOT_NOW: Final = (429, 502, 503, 504)
_TWICE: Final = Retry(attempts=2)
_PATIENCE: Final = Patience(read_s=10.0)
_WORDS: Final = (
    ("gitea", "gitea"), ("forgejo", "gitea"), ("eve-ng", "eve"), ("eve |", "eve"),
    ("unetlab", "eve"), ("semaphore", "semaphore"),
)  # fmt: skip
_SIGN_IN_WORDS: Final = ("login", "signin", "sign-in", "auth", "sso", "saml", "oauth2")


@dataclass(frozen=True, slots=True)
class Service:
    """How a service is known.

    `ping` is asked, by nobody in particular; `answers` says of what comes whether it is the one.
    `below` are ends of a path that people paste with it.
    """

    kind: str
    name: str
    ping: str
    answers: Callable[[HttpError | Reply], bool]
    below: tuple[str, ...] = ("/api",)


@dataclass(frozen=True, slots=True)
class Place:
    """A service that was found.

    `url` is where people open it. `moves` are the addresses that led there by redirects.
    """

    url: str
    moves: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What a person should know of the way there."""


class Probe:
    """Looks for a service; unsigned, so that no secret goes to whoever answers.

    `look` is shown every certificate on the way.
    """

    def __init__(
        self, service: Service, way: Way, look: Callable[[bytes], None] | None = None
    ) -> None:
        self._service = service
        self._way = way
        self._look = look

    async def find(self, typed: str) -> Place:
        """Return the service that `typed` means.

        Raises:
            HttpError: there is none; says what is there, and what to do.
        """
        moves: list[str] = []
        address = read_address(typed)
        while True:
            found = await self._at(address)
            if isinstance(found, Place):
                notes = found.notes
                if found.url.startswith("http:"):
                    notes += ("plain http: what you send there can be read on the way",)
                return Place(found.url, tuple(moves), notes)
            if len(moves) >= REDIRECTS or found in moves:
                raise HttpError("moved", f"{address.place} sends one round in circles: {found}")
            moves.append(found)
            address = self._moved(address, found)

    async def _at(self, address: Address) -> Place | str:
        """Return what is found at an address, or to where it redirects."""
        failure: HttpError | None = None
        for scheme in address.schemes:
            try:
                return await self._below(address, scheme)
            except HttpError as error:
                if failure is None or not _is_silence(error):
                    failure = error
                if not _is_silence(error):
                    break
        if failure is None:
            raise AssertionError("an address has a scheme")
        raise failure

    async def _below(self, address: Address, scheme: str) -> Place | str:
        """Try the path that was typed and everything above it."""
        service = self._service
        answers: list[tuple[str, HttpError | Reply]] = []
        client = HttpClient(
            f"{scheme}://{address.place}",
            self._way,
            retry=_TWICE,
            patience=_PATIENCE,
            look=self._look,
        )
        try:
            for base in address.bases(scheme):
                for ending in service.below:
                    base = base.removesuffix(ending)
                answer = await _answer(client, f"{urlsplit(base).path}{service.ping}")
                if service.answers(answer):
                    return Place(base)
                if isinstance(answer, HttpError):
                    if answer.kind == "moved":
                        return self._target(answer, f"{base}{service.ping}")
                    if not answer.status or answer.status in _NOT_NOW:
                        raise answer
                answers.append((base, answer))
            raise await _something_else(service, client, address, answers)
        finally:
            await client.aclose()

    def _target(self, answer: HttpError, asked: str) -> str:
        try:
            target = urljoin(asked, answer.location)
            parts = urlsplit(target)
        except ValueError:
            parts = None
        if parts is None:
            raise HttpError("moved", f"{plain(asked)} is redirected to what is no address")
        ping = self._service.ping
        if parts.path.endswith(ping):
            return target.partition("?")[0].removesuffix(ping)
        words = f"{parts.netloc}{parts.path}".lower()
        if any(word in words for word in _SIGN_IN_WORDS):
            raise HttpError(
                "unauthorized",
                f"something before the server wants a sign-in of its own, at {plain(parts.netloc)}."
                " Use an address of the server behind it, or go through a jump host",
            )
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

    def _moved(self, before: Address, target: str) -> Address:
        after = read_address(target)
        if "https" in before.schemes and len(before.schemes) == 1 and after.schemes == ("http",):
            raise HttpError("moved", f"{before.place} leads from https to plain http: {target}")
        return after


async def _answer(client: HttpClient, path: str) -> HttpError | Reply:
    try:
        return await client.call("GET", path, is_signed=False)
    except HttpError as error:
        return error


async def _something_else(
    service: Service,
    client: HttpClient,
    address: Address,
    answers: list[tuple[str, HttpError | Reply]],
) -> HttpError:
    """Say what is there, as far as it tells."""
    for _, answer in answers:
        if isinstance(answer, HttpError) and answer.status in (401, 403):
            return HttpError(
                "unauthorized",
                f"{address.place} wants a sign-in before it shows anything ({answer.status}): a"
                " proxy may stand there. Use an address of the server behind it",
                status=answer.status,
            )
    page = await _answer(client, address.path or "/")
    body = page.body
    title = page_title(body)
    kind = _kind_of(title)
    if kind == service.kind:
        advice = "its page is there, but not its API: does the proxy pass /api on?"
        return HttpError("missing", f'{address.place} shows "{title}": {advice}')
    if kind:
        advice = f"skyforge connect {kind} may be what you want"
        return HttpError("missing", f'{address.place} is "{title}", not {service.name}: {advice}')
    shown = f'a page called "{title}"' if title else _shown(page)
    return HttpError(
        "missing",
        f"{address.place} answers, but not as {service.name} does: there is {shown}. If"
        f" {service.name} has a path of its own there, add it: https://host/{service.kind}",
    )


def _shown(page: HttpError | Reply) -> str:
    if isinstance(page, HttpError):
        return f"an answer {page.status}" if page.status else page.message
    if page.is_page:
        return "a page without a title"
    return f"{plain(page.body.decode('utf-8', 'replace'), 40)!r}" if page.body else "nothing"


def _kind_of(title: str) -> str:
    return next((kind for word, kind in _WORDS if word in title.lower()), "")


def _is_silence(error: HttpError) -> bool:
    """Whether another scheme may do better."""
    no_tls = error.kind == "invalid" and "does not speak TLS" in error.message
    return no_tls or (error.kind in ("unreachable", "timeout") and error.status == 0)


async def measured(
    client: HttpClient, ping: str, times: int = 3, *, is_signed: bool = False
) -> tuple[float, float | None]:
    """Return the quickest of some answers in milliseconds, and how far the server's clock is ahead.

    `ping` is a path that answers everybody, or whoever is signed in. The second is None where the
    server does not tell the time; its date has whole seconds.
    """
    quickest, skew = float("inf"), None
    for _ in range(times):
        began, at = time.perf_counter(), time.time()
        reply = await client.call("GET", ping, is_signed=is_signed)
        took = time.perf_counter() - began
        if took < quickest:
            quickest, skew = took, _skew(reply.headers, at + took / 2)
    return quickest * 1000, skew


def _skew(headers: Mapping[str, str], now: float) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        told = parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    # The date was cut to a whole second: on average it is half a second later.
    return told + 0.5 - now
