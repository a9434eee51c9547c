"""The shape of the configuration: every key, its type and its default."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from skyforge_tui.settings import places
from skyforge_tui.settings.complaint import SettingsError
from skyforge_tui.settings.tables import (
    Artifacts,
    Launcher,
    Local,
    Look,
    Retention,
    Table,
    Workspace,
)
from skyforge_tui.settings.values import (
    AbsolutePath,
    Fingerprint,
    Guard,
    Host,
    Keys,
    Port,
    SecretText,
    ServerName,
    Url,
    named,
)

__all__ = ["INSTANCE_KINDS", "LAYERS", "Settings", "SettingsError"]

INSTANCE_KINDS: Final = ("semaphore", "gitea", "eve", "netlab", "containerlab", "s3")


class Tls(Table):
    """Whom to believe about a server's name."""

    verify: bool = True
    ca_file: AbsolutePath | None = None
    fingerprint: Fingerprint | None = None
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
    tls: Tls = Tls()
    proxy: Url | None = None
    jump: str | None = None
    """An SSH host to go through."""


class Semaphore(WebAccess, Upstream):
    """A Semaphore server: runs."""

    url: Url


class Clone(Table):
    """As whom run engines fetch repositories that are not public."""

    username: str = Field(min_length=1)
    password: SecretText
    """Or a token."""


class Gitea(WebAccess, Upstream):
    """A Gitea server: projects and repositories."""

    url: Url
    private: bool = True
    """Whether repositories made from here are private."""
    clone: Clone | None = None
    secrets: dict[str, dict[str, SecretText]] = Field(default={})
    """What runs of a project find beside its variables: by `OWNER/NAME`, by name."""
    admins: tuple[str, ...] = Field(default=(), strict=False)
    """Its administrators, by login: what manifests say takes nothing from them."""


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
    """A host with netlab: labs, by SSH; or `netlab api` at a `url`, for `user` and `password`."""

    host: Host | None = None
    """None is this machine."""
    url: Url | None = None
    tls: Tls = Tls()
    state_root: AbsolutePath | None = None
    """A folder there, with a folder for each lab and `metadata.json` in it."""
    labs: tuple[str, ...] = Field(default=("~",), strict=False)
    """Folders there in which topologies are looked for."""
    program: str = Field(default="netlab", min_length=1)
    """What netlab is called there, or where it is."""

    @model_validator(mode="after")
    def _goes_one_way(self) -> Netlab:
        if self.url is not None and self.host is not None:
            raise ValueError("has a host and a url: SSH does all that its web service does")
        return self


class Containerlab(SshAccess, Upstream):
    """A host with containerlab: labs."""

    host: Host | None = None
    """None is this machine."""
    labs: tuple[str, ...] = Field(default=("~",), strict=False)
    """Folders there in which topologies are looked for."""
    program: str = Field(default="containerlab", min_length=1)
    """What containerlab is called there, or where it is."""


class S3(Upstream):
    """A bucket for artifacts, of any service that speaks S3."""

    bucket: str = Field(min_length=1)
    endpoint: Url | None = None
    region: str | None = None
    prefix: str = ""
    path_style: bool = True
    access_key_id: str | None = None
    """The access key itself: a name, and no secret."""
    access_key: SecretText | None = None
    """Where the access key is, if it is not to stand here."""
    secret_key: SecretText | None = None
    session_token: SecretText | None = None
    credentials: str | None = Field(default=None, pattern=r"^(instance|profile:.+)$")
    """Where keys come from instead: the machine in a cloud, or one profile; None is as usual."""
    proxy: Url | None = None
    jump: str | None = None
    """An SSH host to go through."""
    tls: Tls = Tls()

    @model_validator(mode="after")
    def _comes_one_way(self) -> S3:
        if self.credentials and (self.access_key_id or self.access_key or self.secret_key):
            raise ValueError("has keys, and credentials that say where others are")
        return self


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
    retention: Retention = Retention()
    look: Look = Look()
    keys: dict[str, Keys] = {}
    """Command id to key, or keys; an empty one unbinds."""
    hotkeys: dict[str, Annotated[Launcher, BeforeValidator(named)]] = {}
    """Key to template."""
    semaphore: dict[ServerName, Semaphore] = {}
    gitea: dict[ServerName, Gitea] = {}
    eve: dict[ServerName, Eve] = {}
    netlab: dict[ServerName, Netlab] = {}
    containerlab: dict[ServerName, Containerlab] = {}
    s3: dict[ServerName, S3] = {}

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
