"""The shape of the configuration: every key, its type and its default."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from skyforge_tui.integrations.secret_reference import FORMS, SecretRef
from skyforge_tui.settings import places
from skyforge_tui.settings.complaint import SettingsError

__all__ = ["INSTANCE_KINDS", "LAYERS", "Settings", "SettingsError"]

INSTANCE_KINDS: Final = ("semaphore", "gitea", "eve", "netlab", "containerlab", "s3")


def _folder_or_file(value: object) -> Path:
    if isinstance(value, Path) and value.is_absolute():
        return value
    if not isinstance(value, str):
        raise ValueError("must be a path in quotes")  # noqa: TRY004 - the validator's own
    if not value or "\0" in value or value[0] not in "/~":
        raise ValueError("must be an absolute path, or begin with ~/")
    return places.absolute(value)


def _reference(value: object) -> SecretRef:
    if isinstance(value, SecretRef):
        return value
    if not isinstance(value, str):
        raise ValueError(f"must be a reference in quotes: {FORMS}")  # noqa: TRY004 - the validator's own
    return SecretRef.parse(value)


def _url(value: object) -> str:
    """Check an address without ever repeating it: it may hold a password."""
    if not isinstance(value, str):
        raise ValueError("must be an address in quotes")  # noqa: TRY004 - the validator's own
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError("is not an address: host or port is wrong") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("must begin with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise ValueError('must not hold name or password: set username and password = "env:NAME"')
    if not parts.hostname or any(char.isspace() for char in value):
        raise ValueError("is not an address: the host is missing or has spaces")
    if parts.query or parts.fragment:
        raise ValueError("must end with the path: take ? and # away")
    return value.rstrip("/")


AbsolutePath = Annotated[Path, PlainValidator(_folder_or_file), PlainSerializer(str)]
SecretText = Annotated[SecretRef, PlainValidator(_reference), PlainSerializer(str)]
Url = Annotated[str, PlainValidator(_url)]
Guard = Literal["read-only", "confirm", "normal"]
InstanceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, StringConstraints(pattern=r"^[^\s@/]+$")]


class Table(BaseModel):
    """A table of the file: no unknown keys, no converted types, no changes afterwards."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, defer_build=True
    )


class Workspace(Table):
    """The folders whose projects are shown."""

    name: str = ""
    roots: tuple[AbsolutePath, ...] = Field(default=(), strict=False)
    """Empty means the folder one stands in."""


class Local(Table):
    """Runs on this machine."""

    slots: int = Field(default=4, ge=1, le=64)
    """How many runs go at the same time; more wait."""


class Artifacts(Table):
    """Where what runs leave is kept."""

    directory: AbsolutePath | None = None
    """None is \`artifacts\` in the state directory."""


class Look(Table):
    """Colours, glyphs and motion."""

    theme: Literal["dark", "light", "contrast", "mono"] = "dark"
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    motion: bool = True


class Tls(Table):
    """Whom to believe about a server's name."""

    verify: bool = True
    ca_file: AbsolutePath | None = None
    fingerprint: str | None = None
    """SHA-256 of the server's certificate, when it is pinned."""


class Upstream(Table):
    """What every named instance has."""

    guard: Guard = "normal"


class SshAccess(Table):
    """How to sign in by SSH; what is not set here comes from ~/.ssh/config."""

    port: Port | None = None
    user: str | None = None
    key: AbsolutePath | None = None
    passphrase: SecretText | None = None
    password: SecretText | None = None
    known_hosts: AbsolutePath | None = None
    jump: str | None = None
    """A host to go through, as in ProxyJump."""


class Ssh(SshAccess):
    """A host reached by SSH."""

    host: Host


class WebAccess(Table):
    """How to sign in at a web service, and the way there."""

    username: str | None = None
    password: SecretText | None = None
    token: SecretText | None = None
    admins: tuple[str, ...] = Field(default=(), strict=False)
    """People who may do everything there."""
    tls: Tls = Tls()
    proxy: Url | None = None
    jump: str | None = None
    """An SSH host to go through."""


class Semaphore(WebAccess, Upstream):
    """A Semaphore server: runs."""

    url: Url


class Gitea(WebAccess, Upstream):
    """A Gitea server: projects and repositories."""

    url: Url
    private: bool = True
    """Whether repositories made from here are private."""


class Eve(WebAccess, Upstream):
    """An EVE-NG server: labs, by its web service or by SSH."""

    url: Url | None = None
    web_url: Url | None = None
    """Where a browser finds it, when that is elsewhere."""
    ssh: Ssh | None = None
    labs_path: AbsolutePath = Path("/opt/unetlab/labs")
    tmp_path: AbsolutePath = Path("/opt/unetlab/tmp")

    @model_validator(mode="after")
    def _is_reachable(self) -> Eve:
        if self.url is None and self.ssh is None:
            raise ValueError("needs url, or ssh.host")
        return self


class Netlab(SshAccess, Upstream):
    """A host with netlab: labs."""

    host: Host | None = None
    """None is this machine."""
    state_root: AbsolutePath | None = None


class Containerlab(SshAccess, Upstream):
    """A host with containerlab: labs."""

    host: Host | None = None
    """None is this machine."""


class S3(Upstream):
    """A bucket for artifacts, of any service that speaks S3."""

    bucket: str = Field(min_length=1)
    endpoint: Url | None = None
    region: str | None = None
    prefix: str = ""
    path_style: bool = True
    access_key: SecretText | None = None
    secret_key: SecretText | None = None
    session_token: SecretText | None = None
    tls: Tls = Tls()


LAYERS: ContextVar[tuple[dict[str, Any], ...]] = ContextVar("LAYERS", default=())
"""Data to build `Settings` from, the strongest first."""


class Settings(BaseSettings):
    """All that is configured, checked and frozen; secrets are references."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True
    )

    profile: str | None = None
    state_dir: AbsolutePath = Field(default_factory=places.state_dir)
    cache_dir: AbsolutePath = Field(default_factory=places.cache_dir)
    workspace: Workspace = Workspace()
    local: Local = Local()
    artifacts: Artifacts = Artifacts()
    look: Look = Look()
    keys: dict[str, str] = {}
    """Action id to key."""
    semaphore: dict[InstanceName, Semaphore] = {}
    gitea: dict[InstanceName, Gitea] = {}
    eve: dict[InstanceName, Eve] = {}
    netlab: dict[InstanceName, Netlab] = {}
    containerlab: dict[InstanceName, Containerlab] = {}
    s3: dict[InstanceName, S3] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from the layers, and from nowhere else."""
        return tuple(_LayerSource(settings_cls, layer) for layer in LAYERS.get())


class _LayerSource(PydanticBaseSettingsSource):
    """Give the data of one layer; its places and complaints are kept by who made it."""

    def __init__(self, settings_cls: type[BaseSettings], data: dict[str, Any]) -> None:
        super().__init__(settings_cls)
        self._data = data

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the value of one field; `field` is not asked, as nothing is decoded here."""
        del field
        return self._data.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        return self._data
