"""Finds the keys to a bucket, and fetches those anew that end.

The usual places are looked through in the usual order (AWS CLI 2, "Configuration and credential
precedence"). A machine's own network is asked by those only who configure `instance`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.bucket import Bucket, Keys
from skyforge_tui.integrations.object_store.profiles import profile
from skyforge_tui.integrations.object_store.refusals import StoreError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret, SecretError, resolve

INSTANCE: Final = "instance"
"""The value of `Bucket.credentials` that has the machine asked."""
PROFILE: Final = "profile:"
"""What a value of it that names a profile begins with."""
_NO_KEYS: Final = "no keys for it are configured, in the environment or in the file of keys"
_SAY_KEYS: Final = (
    "say access_key and secret_key, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
_EARLY: Final = timedelta(minutes=5)
"""Before their end keys are fetched anew; those that live for less, when half of that is over."""
_PAUSE: Final = timedelta(seconds=30)
"""Until the next try, where new keys are not to be had and the old ones still count."""


def is_place(text: str) -> bool:
    """Say whether a text is one that `Bucket.credentials` may hold."""
    return text in ("", INSTANCE) or (text.startswith(PROFILE) and text != PROFILE)


class KeyRing:
    """Holds the keys to one bucket; whoever needs some asks each time."""

    def __init__(self, bucket: Bucket, given: Keys | None, now: Callable[[], datetime]) -> None:
        self._bucket = bucket
        self._given = given
        self._now = now
        self._keys = given
        self._again_at: datetime | None = None
        self._fetching = asyncio.Lock()

    async def keys(self) -> Keys:
        """Return keys that count now; they are fetched once for all that wait.

        Raises:
            TransportError: there are none, or they cannot be fetched.
        """
        async with self._fetching:
            now = self._now()
            if self._keys is None or (self._again_at is not None and now >= self._again_at):
                self._keys = await self._fetched(now)
            return self._keys

    def forget(self, refused: Keys) -> None:
        """Fetch keys anew next time: these are not accepted."""
        if self._keys is refused:
            self._keys, self._again_at = self._given, None

    async def _fetched(self, now: datetime) -> Keys:
        old = self._keys
        try:
            found = await keys_of(self._bucket)
        except TransportError:
            if old is None or old.ends_at is None or now >= old.ends_at:
                raise
            self._again_at = min(now + _PAUSE, old.ends_at)
            return old
        end = found.ends_at
        self._again_at = None if end is None else max(end - _EARLY, now + (end - now) / 2)
        return found


async def keys_of(bucket: Bucket) -> Keys:
    """Return the keys for a bucket.

    Raises:
        TransportError: there are none, or those that were said cannot be fetched.
    """
    access = bucket.access_name
    if bucket.access_key and not access:
        access = (await _revealed(bucket.access_key)).reveal()
    if access and bucket.secret_key:
        token = bucket.session_token
        return Keys(
            access,
            await _revealed(bucket.secret_key),
            await _revealed(token) if token else None,
        )
    if access or bucket.secret_key:
        missing = "secret_key" if access else "access_key"
        raise StoreError("unauthorized", f"{missing} is not configured", _SAY_KEYS)
    found = await _looked_up(bucket)
    if found is None:
        raise StoreError("unauthorized", _NO_KEYS, _SAY_KEYS)
    return found


async def _looked_up(bucket: Bucket) -> Keys | None:
    from skyforge_tui.integrations.object_store import lent_keys

    if bucket.credentials == INSTANCE:
        return await lent_keys.from_machine()
    if name := bucket.credentials.removeprefix(PROFILE):
        return await _from_profile(bucket, name)
    if found := _from_environment():
        return found
    role, file = os.environ.get("AWS_ROLE_ARN"), os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE")
    if role and file:
        session = os.environ.get("AWS_ROLE_SESSION_NAME", "")
        return await lent_keys.from_web_identity(bucket.place, role, file, session)
    return await _from_profile(bucket) or await lent_keys.from_container()


async def _revealed(reference: SecretRef) -> Secret:
    try:
        return await resolve(reference)
    except SecretError as error:
        failure = StoreError("unauthorized", str(error), error.advice)
    raise failure


def _from_environment() -> Keys | None:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return _static({name.lower(): os.environ.get(name, "") for name in names})


async def _from_profile(bucket: Bucket, name: str = "") -> Keys | None:
    said = await aside(lambda: profile(name), "keys")
    if found := _static(said):
        return found
    if program := said.get("credential_process"):
        return await _from_program(program)
    role, file = said.get("role_arn", ""), said.get("web_identity_token_file", "")
    if role and file:
        from skyforge_tui.integrations.object_store.lent_keys import from_web_identity

        session = said.get("role_session_name", "")
        return await from_web_identity(bucket.place, role, file, session)
    if role or any(key.startswith("sso_") for key in said):
        raise StoreError(
            "unauthorized", "its profile gets keys in a way that is not known here",
            'have them brought: eval "$(aws configure export-credentials --format env)"',
        )  # fmt: skip
    if name:
        raise StoreError("unauthorized", f"the profile {name} has no keys", "write them there")
    return None


def _static(said: Mapping[str, str]) -> Keys | None:
    access, secret = said.get("aws_access_key_id"), said.get("aws_secret_access_key")
    token = said.get("aws_session_token")
    if not (access and secret):
        return None
    return Keys(access, Secret(secret), Secret(token) if token else None)


async def _from_program(line: str) -> Keys:
    """Return what a `credential_process` writes."""
    from skyforge_tui.integrations.object_store.lent_keys import Lent

    try:
        program = SecretRef.parse(f"cmd:{line}")
    except ValueError:
        reason = "its credential_process cannot be read as a command"
        raise StoreError("unauthorized", reason, "look into ~/.aws/config") from None
    written = (await _revealed(program)).reveal()
    try:
        return msgspec.json.decode(written, type=Lent).keys()
    except msgspec.MsgspecError:
        failure = StoreError(
            "unauthorized", "what its credential_process writes are no keys", "try it in a shell"
        )
    raise failure
