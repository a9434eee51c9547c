"""Fetches keys that are lent for a while: to a container, to an identity of the web, to a machine.

The library (obstore 0.12.1) knows these places as well, but shows nobody what it got there, and
lists and parts are signed here. Sources: AWS SDKs and Tools Reference Guide, "Container", "Assume
role" and "IMDS credential provider"; STS API reference, "AssumeRoleWithWebIdentity".
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.reply import Reply
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.http.wire import Patience
from skyforge_tui.integrations.object_store.answers import leaves
from skyforge_tui.integrations.object_store.bucket import Keys
from skyforge_tui.integrations.object_store.refusals import StoreError, told
from skyforge_tui.integrations.secrets import Secret

_SHORT: Final = Patience(connect_s=3.0, read_s=8.0)
_HOSTS: Final = frozenset({"localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"})
"""Where those who lend to containers are; elsewhere nothing is asked without TLS."""
_MACHINE: Final = "http://169.254.169.254"
_ROLES: Final = "/latest/meta-data/iam/security-credentials/"
_FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


class Lent(msgspec.Struct, frozen=True, rename="pascal"):
    """Keys as a container's host, a machine and a `credential_process` write them, in JSON."""

    access_key_id: str
    secret_access_key: str
    token: str = ""
    session_token: str = ""
    expiration: str = ""

    def keys(self) -> Keys:
        """Return them as keys."""
        token = self.token or self.session_token
        ends_at = _moment(self.expiration) if self.expiration else None
        return Keys(
            self.access_key_id, Secret(self.secret_access_key),
            Secret(token) if token else None, ends_at,
        )  # fmt: skip


async def from_container() -> Keys | None:
    """Return the keys of the container that this is, None where the environment names none."""
    relative = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    whole = os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    url = f"http://169.254.170.2{relative}" if relative else whole
    if not url:
        return None
    parts = urlsplit(url)
    if not (parts.scheme == "https" or (parts.scheme == "http" and _is_near(parts.hostname or ""))):
        raise StoreError(
            "unauthorized", f"{parts.scheme}://{parts.netloc} is no place to ask for keys",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI needs https, but on this machine",
        )  # fmt: skip
    file = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    proof = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    if file:
        proof = await _text(file)
    headers = {"authorization": Secret(proof).reveal()} if proof else {}
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    async with aclosing(_Lender(f"{parts.scheme}://{parts.netloc}")) as lender:
        return await lender.keys(path, headers)


async def from_web_identity(region: str, role: str, file: str, session: str) -> Keys:
    """Return the keys of a role for whoever the token in `file` names."""
    token = await _text(file)
    service = os.environ.get("AWS_ENDPOINT_URL_STS") or f"https://sts.{region}.amazonaws.com"
    form = {
        "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": role,
        "RoleSessionName": session or "skyforge", "WebIdentityToken": Secret(token).reveal(),
    }  # fmt: skip
    parts = urlsplit(service)
    lender = _Lender(f"{parts.scheme}://{parts.netloc}", proxy=None)
    async with aclosing(lender):
        reply = await lender.ask("POST", parts.path or "/", _FORM, urlencode(form).encode())
    try:
        said = leaves(reply.body)
        return Lent(
            said["AccessKeyId"], said["SecretAccessKey"], said["SessionToken"],
            expiration=said.get("Expiration", ""),
        ).keys()  # fmt: skip
    except (KeyError, TransportError):
        failure = lender.unreadable()
    raise failure


async def from_machine() -> Keys:
    """Return the keys of the role of the machine in a cloud that this is."""
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        raise StoreError(
            "unauthorized", "the environment forbids to ask this machine for keys",
            "take AWS_EC2_METADATA_DISABLED out of it",
        )  # fmt: skip
    service = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or _MACHINE
    async with aclosing(_Lender(service)) as lender:
        ttl = {"x-aws-ec2-metadata-token-ttl-seconds": "300"}
        proof = await lender.text("PUT", "/latest/api/token", ttl)
        headers = {"x-aws-ec2-metadata-token": Secret(proof).reveal()}
        role = await lender.text("GET", _ROLES, headers)
        return await lender.keys(f"{_ROLES}{quote(role, safe='')}", headers)


class _Lender:
    """Whoever lends keys; what fails there is said in those words."""

    def __init__(self, service: str, *, proxy: str | None = "") -> None:
        self._service = service
        self._http = HttpClient(service, Way(proxy=proxy), patience=_SHORT)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Reply:
        """Return the answer to one request, none of which changes anything."""
        try:
            return await self._http.call(
                method, path, headers=headers, content=content, is_signed=False, is_idempotent=True
            )
        except HttpError as error:
            failure = self._failure(error)
        raise failure

    async def text(self, method: str, path: str, headers: Mapping[str, str]) -> str:
        """Return the first line of an answer."""
        lines = (await self.ask(method, path, headers)).body.decode("latin-1").split("\n")
        return lines[0].strip()

    async def keys(self, path: str, headers: Mapping[str, str]) -> Keys:
        """Return the keys that are at a path."""
        reply = await self.ask("GET", path, headers)
        try:
            return reply.read(Lent).keys()
        except HttpError:
            failure = self.unreadable()
        raise failure

    def unreadable(self) -> StoreError:
        """Make an error that says that no keys came."""
        words = f"{self._service} answers with what are no keys"
        return StoreError("unauthorized", words, "look whether it lends any")

    def _failure(self, error: HttpError) -> StoreError:
        if not error.status:
            words = f"keys cannot be fetched: {error.message}"
            return StoreError(error.kind, words, "try again, or say other keys")
        said = told(error.body.decode("utf-8", "replace"))
        reason = said.message if said else f"it answers {error.status}"
        return StoreError(
            "unauthorized", f"no keys are lent by {self._service}: {reason}",
            "look whether it lends keys to this identity",
        )  # fmt: skip


def _is_near(host: str) -> bool:
    try:
        return host in _HOSTS or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _text(file: str) -> str:
    try:
        return (await aside(Path(file).read_text, "token")).strip()
    except (OSError, UnicodeDecodeError):
        failure = StoreError("unauthorized", f"{file} cannot be read", "it holds a token for keys")
    raise failure


def _moment(text: str) -> datetime | None:
    """Return when keys end; where that cannot be read, their refusal will tell."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
