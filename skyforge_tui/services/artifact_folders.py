"""All that lies below a prefix, carried elsewhere: one transfer for each artifact."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.domain.artifact import Artifact, ArtifactRef, checked_key, checked_prefix
from skyforge_tui.domain.errors import Invalid, NotFound
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.transfer import Transfer
from skyforge_tui.services.artifact_care import ArtifactCareService
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.transfers import TransferService

MOST = 1000
"""Artifacts carried at once; for more there is the command line, which waits for each."""


class ArtifactFolderService:
    """What one may do with folders of artifacts; whoever begins it need not wait for it."""

    def __init__(
        self,
        artifacts: ArtifactService,
        care: ArtifactCareService,
        transfers: TransferService,
        access: Access,
    ) -> None:
        self._artifacts = artifacts
        self._care = care
        self._transfers = transfers
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of an artifact's reference."""
        return await self._artifacts.project_of(target)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def get(
        self, principal: Principal, ref: ArtifactRef, folder: Path, *, overwrite: bool = False
    ) -> tuple[Transfer, ...]:
        """Begin to bring all that lies below a prefix into a folder of this machine.

        It is a folder called like the last part of the prefix there; none of its folders may be a
        link, so that nothing comes to lie elsewhere.

        Raises:
            NotFound: nothing lies there, or there is no such folder.
            Conflict: what is there already is in the way.
            Invalid: it is more than is carried at once.
        """
        return tuple(
            [
                await self.get_one(principal, one.ref, ref.key, folder, overwrite=overwrite)
                for one in await self._below(principal, ref)
            ]
        )

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def get_one(
        self,
        principal: Principal,
        ref: ArtifactRef,
        prefix: str,
        folder: Path,
        *,
        overwrite: bool = False,
    ) -> Transfer:
        """Begin to bring one artifact of those below a prefix to where `get` would.

        Raises: as `get`.
        """
        root = checked_prefix(prefix)
        *folders, last = checked_key(ref.key[len(root) :].lstrip("/")).split("/")
        name = root.rpartition("/")[2]
        return await self._transfers.get(
            principal, ref, folder / last, within=[*filter(None, [name]), *folders],
            overwrite=overwrite,
        )  # fmt: skip

    @requires(Permission.ARTIFACT_WRITE, of="target")
    async def copy(
        self, principal: Principal, source: ArtifactRef, target: ArtifactRef
    ) -> tuple[Transfer, ...]:
        """Begin to store all that lies below a prefix a second time, below another one.

        Raises: as `get`; as `TransferService.copy`.
        """
        pairs = await self._pairs(principal, source, target)
        return tuple([await self._transfers.copy(principal, *pair) for pair in pairs])

    @requires(Permission.ARTIFACT_WRITE, of="target")
    async def move(
        self, principal: Principal, source: ArtifactRef, target: ArtifactRef
    ) -> tuple[Transfer, ...]:
        """Begin to move all that lies below a prefix; each is removed when it is whole there.

        Raises: as `copy`.
        """
        pairs = await self._pairs(principal, source, target)
        return tuple([await self._transfers.move(principal, *pair) for pair in pairs])

    async def _pairs(
        self, principal: Principal, source: ArtifactRef, target: ArtifactRef
    ) -> list[tuple[ArtifactRef, ArtifactRef]]:
        root, goal = checked_prefix(source.key), checked_prefix(target.key)
        if (source.store, root) == (target.store, goal):
            words = f"{source} is there already"
            raise Invalid(words, operation="artifact.copy", advice="choose another key")
        pairs: list[tuple[ArtifactRef, ArtifactRef]] = []
        for one in await self._below(principal, source):
            rest = one.key[len(root) :].lstrip("/")
            key = f"{goal}/{rest}".lstrip("/")
            pairs.append((one.ref, ArtifactRef(target.store, checked_key(key))))
        return pairs

    async def _below(self, principal: Principal, ref: ArtifactRef) -> list[Artifact]:
        found: list[Artifact] = []
        async for one in await self._care.below(principal, ref):
            found.append(one)
            if len(found) > MOST:
                raise Invalid(
                    f"more than {MOST:,} artifacts lie below {ref}", operation="artifact.copy",
                    advice="artifacts cp -r carries them, one after the other",
                )  # fmt: skip
        if not found:
            raise NotFound(f"nothing lies below {ref}", advice="list what is: artifacts ls")
        return found
