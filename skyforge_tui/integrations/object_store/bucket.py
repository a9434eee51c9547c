"""A bucket of any service that speaks S3: where it is, and with which keys one is let in.

The usual places of keys are looked through in the usual order (AWS CLI 2, "Configuration and
credential precedence"): what was said, the environment, the file of keys. Keys that a machine in a
cloud is given by its network are not asked for.
"""

from __future__ import annotations

import configparser
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.http.tls import SYSTEM_TRUST, Trust
from skyforge_tui.integrations.object_store.refusals import StoreError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret, SecretError, resolve

USUAL_REGION = "us-east-1"
"""What services without regions take, and S3 itself where none is said."""
_NO_KEYS = "no keys for it are configured, in the environment or in the file of keys"
_SAY_KEYS = "say access_key and secret_key, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs requests; `token` belongs to keys that end."""

    access: str
    secret: Secret
    token: Secret | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, or what lies below `prefix` in it; references say where its keys are."""

    name: str
    endpoint: str = ""
    """Empty is Amazon's own service."""
    region: str = ""
    prefix: str = ""
    is_path_style: bool = True
    """Whether the bucket is a part of the path, and not of the host's name."""
    access_name: str = ""
    """The access key, where it is no secret."""
    access_key: SecretRef | None = None
    secret_key: SecretRef | None = None
    session_token: SecretRef | None = None
    trust: Trust = SYSTEM_TRUST
    proxy: str | None = None
    jump: str = ""
    """`[user@]host[:port]` to go through by SSH; empty goes directly."""

    @property
    def place(self) -> str:
        """The region that requests are signed for."""
        said = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        return self.region or said or USUAL_REGION

    @property
    def root(self) -> str:
        """The address of the bucket, without a final slash."""
        service = (self.endpoint or f"https://s3.{self.place}.amazonaws.com").rstrip("/")
        if self.is_path_style:
            return f"{service}/{quote(self.name, safe='')}"
        parts = urlsplit(service)
        return f"{parts.scheme}://{self.name}.{parts.netloc}{parts.path}"

    @property
    def start(self) -> str:
        """What every key in the bucket begins with, with its final slash; may be empty."""
        bare = self.prefix.strip("/")
        return f"{bare}/" if bare else ""


async def keys_of(bucket: Bucket) -> Keys:
    """Return the keys for a bucket.

    Raises:
        StoreError: unauthorized, if there are none, or those that were said cannot be fetched.
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
    found = _from_environment() or await aside(_from_file, "keys")
    if found is None:
        raise StoreError("unauthorized", _NO_KEYS, _SAY_KEYS)
    return found


async def _revealed(reference: SecretRef) -> Secret:
    try:
        return await resolve(reference)
    except SecretError as error:
        failure = StoreError("unauthorized", str(error), error.advice)
    raise failure


def _from_environment() -> Keys | None:
    access, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    token = os.environ.get("AWS_SESSION_TOKEN")
    if not (access and secret):
        return None
    return Keys(access, Secret(secret), Secret(token) if token else None)


def _from_file() -> Keys | None:
    """Read the shared file of keys, in the section of AWS_PROFILE or in `default`."""
    path = Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials")
    parser = configparser.RawConfigParser()
    try:
        parser.read(path.expanduser(), encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, RuntimeError, OSError):
        message = f"{path} cannot be read as a file of keys"
        raise StoreError("unauthorized", message, "look at that file") from None
    profile = os.environ.get("AWS_PROFILE") or "default"
    if not parser.has_section(profile):
        return None
    access = parser.get(profile, "aws_access_key_id", fallback="")
    secret = parser.get(profile, "aws_secret_access_key", fallback="")
    token = parser.get(profile, "aws_session_token", fallback="")
    if not (access and secret):
        return None
    return Keys(access, Secret(secret), Secret(token) if token else None)
