"""Secrets of projects, from the references that a configuration holds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from skyforge_tui.domain.identity import upstream_of
from skyforge_tui.domain.project import Project
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret, SecretError, resolve
from skyforge_tui.ports.project_secrets import CloneLogin, ProjectSecrets


@dataclass(frozen=True, slots=True)
class HostSecrets:
    """Where the secrets of one host's projects are."""

    clone_user: str = ""
    clone_password: SecretRef | None = None
    variables: Mapping[str, Mapping[str, SecretRef]] = field(default_factory=dict)
    """By `OWNER/NAME` of the repository, whatever the case, and name of the variable."""


class ConfiguredSecrets:
    """Implements `SecretSource` for hosts by name."""

    def __init__(self, hosts: Mapping[str, HostSecrets]) -> None:
        self._hosts = hosts

    def reading(self) -> ConfiguredReading:
        """Return what reads every reference once."""
        return ConfiguredReading(self._hosts)


class ConfiguredReading:
    """Implements `SecretReading`."""

    def __init__(self, hosts: Mapping[str, HostSecrets]) -> None:
        self._hosts = hosts
        self._read: dict[SecretRef, Secret | SecretError] = {}
        self._turn = asyncio.Lock()

    async def of(self, project: Project) -> ProjectSecrets:
        """Return what is secret of a project."""
        host = self._hosts.get(upstream_of(project.id), HostSecrets())
        clone, problems = None, []
        if host.clone_password is not None and not project.is_public:
            found = await self._secret(host.clone_password)
            if isinstance(found, SecretError):
                problems.append(f"what repositories are cloned with: {found}")
            else:
                clone = CloneLogin(host.clone_user, found.reveal())
        name = f"{project.created_by}/{project.name}".lower()
        wanted = {key.lower(): some for key, some in host.variables.items()}.get(name, {})
        variables: dict[str, str] = {}
        for variable, reference in wanted.items():
            found = await self._secret(reference)
            if isinstance(found, SecretError):
                problems.append(f"the secret {variable}: {found}")
            else:
                variables[variable] = found.reveal()
        return ProjectSecrets(clone, variables, tuple(problems))

    async def _secret(self, reference: SecretRef) -> Secret | SecretError:
        async with self._turn:
            if reference not in self._read:
                try:
                    self._read[reference] = await resolve(reference)
                except SecretError as error:
                    self._read[reference] = error
            return self._read[reference]
