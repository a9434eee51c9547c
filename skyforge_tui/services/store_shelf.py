"""All artifact stores by name; what is the stores' own is out of reach, and guards count."""

from __future__ import annotations

from collections.abc import Sequence

from skyforge_tui.domain.artifact import NOTES, ArtifactRef
from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound
from skyforge_tui.domain.guard import Guard
from skyforge_tui.ports.artifact_store import ArtifactStore
from skyforge_tui.services.authorization import Access


class StoreShelf:
    """Finds the store of a reference; not a service, it decides about stores only."""

    def __init__(self, stores: Sequence[ArtifactStore], access: Access) -> None:
        self._stores = {one.name: one for one in stores}
        self._access = access

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the stores, the usual one first."""
        return tuple(self._stores)

    def of(self, ref: ArtifactRef) -> ArtifactStore:
        """Return the store of a reference.

        Raises:
            NotFound: there is none of this name.
            Invalid: what is meant is the store's own.
        """
        store = self._stores.get(ref.store)
        if store is None:
            known = ", ".join(self._stores)
            raise NotFound(f"no artifact store named {ref.store}", advice=f"there are: {known}")
        if ref.key.split("/")[0] == NOTES:
            raise Invalid(f"{NOTES} is the store's own", operation="artifact.key")
        return store

    def writable(self, ref: ArtifactRef) -> ArtifactStore:
        """Return the store of a reference, to change something there.

        Raises: as `of`; Forbidden, if nothing is changed there from here.
        """
        store = self.of(ref)
        if self._access.guard(f"{ref.store}:") is Guard.READ_ONLY:
            raise Forbidden(
                f"{ref.store} is read-only from here", operation="artifact.write",
                advice="its guard is set in your configuration",
            )  # fmt: skip
        return store
