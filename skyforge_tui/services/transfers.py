"""Transfers: begun here and carried on beside everything else, whoever looks; stopped, tried again.

A transfer belongs to the program that began it. One whose program has ended is taken over by the
next, and goes on from where it was: a file that was coming, and what was on its way into a store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from skyforge_tui.domain.artifact import ArtifactRef, checked_key, checked_prefix
from skyforge_tui.domain.errors import Conflict, Invalid
from skyforge_tui.domain.identity import LabId, Principal, ProjectId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.transfer import Transfer, TransferKind, TransferState
from skyforge_tui.domain.unfinished import Unfinished
from skyforge_tui.ports.local_files import LocalFiles
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import YES, Access, requires
from skyforge_tui.services.leftovers import Leftovers
from skyforge_tui.services.store_shelf import StoreShelf
from skyforge_tui.services.transfer_runner import TransferRunner


class TransferService:
    """What one may do about transfers."""

    def __init__(
        self,
        artifacts: ArtifactService,
        shelf: StoreShelf,
        runner: TransferRunner,
        leftovers: Leftovers,
        files: LocalFiles,
        access: Access,
    ) -> None:
        self._artifacts = artifacts
        self._shelf = shelf
        self._leftovers = leftovers
        self._files = files
        self.runner = runner
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of an artifact's reference."""
        return await self._artifacts.project_of(target)

    @requires(Permission.ARTIFACT_LIST)
    async def list(self, principal: Principal) -> tuple[Transfer, ...]:
        """Return what is under way or has ended here, the newest first."""
        return self.runner.all()

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def get(
        self,
        principal: Principal,
        ref: ArtifactRef,
        target: Path,
        *,
        within: Sequence[str] = (),
        overwrite: bool = False,
    ) -> Transfer:
        """Begin to bring an artifact to a file of this machine.

        It comes to lie in the folder of `target`, or in one `within`, which is made. That folder
        is settled now: no link that comes to be on the way there is followed.

        Raises:
            NotFound: there is no such folder.
            Conflict: a link or a file is in the way `within`.
        """
        self._shelf.of(ref)
        checked_key(ref.key)
        place = await self._files.inside(target.parent, within) / target.name
        return await self.runner.begin(TransferKind.GET, str(ref), str(place), overwrite)

    @requires(Permission.ARTIFACT_WRITE, of="ref")
    async def put(
        self, principal: Principal, ref: ArtifactRef, source: Path, *, overwrite: bool = False
    ) -> Transfer:
        """Begin to store a file of this machine."""
        return await self._put(TransferKind.PUT, str(source), ref, overwrite=overwrite)

    @requires(Permission.ARTIFACT_WRITE, of="target")
    async def copy(
        self,
        principal: Principal,
        source: ArtifactRef,
        target: ArtifactRef,
        *,
        overwrite: bool = False,
    ) -> Transfer:
        """Begin to store an artifact a second time, in the same store or another."""
        await self._artifacts.head(principal, source)  # asks whether it may be read, too
        return await self._put(TransferKind.COPY, str(source), target, overwrite=overwrite)

    @requires(Permission.ARTIFACT_WRITE, of="target")
    async def move(
        self,
        principal: Principal,
        source: ArtifactRef,
        target: ArtifactRef,
        *,
        overwrite: bool = False,
    ) -> Transfer:
        """Begin to move an artifact: it is removed where it was when it is whole where it goes."""
        if source == target:
            words = f"{source} is there already"
            raise Conflict(words, operation="artifact.move", advice="choose another key")
        await self._artifacts.check_removable(principal, source)
        await self._artifacts.head(principal, source)
        return await self._put(TransferKind.MOVE, str(source), target, overwrite=overwrite)

    @requires(Permission.ARTIFACT_WRITE, of="target")
    async def export(self, principal: Principal, lab_id: LabId, target: ArtifactRef) -> Transfer:
        """Begin to store a lab as whatever runs it hands it out; see `LabExporter`."""
        return await self._put(TransferKind.EXPORT, lab_id, target, overwrite=False)

    async def _put(
        self, kind: TransferKind, source: str, target: ArtifactRef, *, overwrite: bool
    ) -> Transfer:
        """Begin what ends in a store: one that may be written to, under a key that can be one."""
        self._shelf.writable(target)
        checked_key(target.key)
        return await self.runner.begin(kind, source, str(target), overwrite)

    @requires(Permission.ARTIFACT_LIST)
    async def one(self, principal: Principal, transfer_id: str) -> Transfer:
        """Return a transfer with how far it has come.

        Raises:
            NotFound: there is none of this id.
        """
        return self.runner.one(transfer_id)

    @requires(Permission.ARTIFACT_LIST)
    async def wait(self, principal: Principal, transfer_id: str) -> Transfer:
        """Return a transfer when it has ended, well or because somebody stopped it.

        Raises:
            NotFound: there is none of this id.
            SkyforgeError: whatever it failed of.
        """
        return await self.runner.wait(transfer_id)

    @requires(Permission.ARTIFACT_LIST)
    async def stop(self, principal: Principal, transfer_id: str) -> None:
        """Stop a transfer; nothing of it gets the name it was to have.

        Raises:
            NotFound: there is none of this id.
        """
        self.runner.stop(transfer_id)

    @requires(Permission.ARTIFACT_LIST)
    async def abandon(self, principal: Principal, transfer_id: str) -> None:
        """Stop a transfer, and see that nobody goes on with it when this program ends now.

        Raises:
            NotFound: there is none of this id.
        """
        await self.runner.abandon(transfer_id)

    @requires(Permission.ARTIFACT_LIST)
    async def retry(self, principal: Principal, transfer_id: str) -> Transfer:
        """Try a transfer again that failed or was stopped; a file goes on from where it was.

        Raises:
            NotFound: there is none of this id.
        """
        before = self.runner.one(transfer_id)
        if not before.state.is_final or before.state is TransferState.DONE:
            return before
        return await self.runner.go(
            replace(before, state=TransferState.WAITING, error="", advice="")
        )

    @requires(Permission.ARTIFACT_LIST)
    async def take_over(self, principal: Principal) -> int:
        """Go on with transfers whose program has ended; return how many there were."""
        return await self.runner.take_over()

    @requires(Permission.ARTIFACT_LIST)
    async def unfinished(self, principal: Principal, ref: ArtifactRef) -> tuple[Unfinished, ...]:
        """Return what was broken off on its way below a prefix, and nobody goes on with.

        Only what one may let go of is told; where nobody knows the key, the prefix decides.
        """
        prefix = checked_prefix(ref.key)
        found: tuple[Unfinished, ...] = ()
        for one in await self._leftovers.of(ref.store):
            is_below = not one.key or not prefix or one.key.startswith(f"{prefix}/")
            owner = await self.project_of(ArtifactRef(one.store, one.key))
            if is_below and self.access.decide(principal, Permission.ARTIFACT_DELETE, owner) == YES:
                found += (one,)
        return found

    @requires(Permission.ARTIFACT_DELETE, of="ref")
    async def drop(self, principal: Principal, ref: ArtifactRef, left: Unfinished) -> None:
        """Let go of what was broken off on its way to `ref`, unless somebody goes on with it."""
        if (left.store, left.key) != (ref.store, ref.key):
            raise Invalid(f"that is not what was to go to {ref}", operation="artifact.gc")
        await self._leftovers.drop([left])

    @requires(Permission.ARTIFACT_LIST)
    async def sweep(self, principal: Principal) -> int:
        """Let go of what was broken off long ago; return how much there was."""
        return await self._leftovers.sweep()
