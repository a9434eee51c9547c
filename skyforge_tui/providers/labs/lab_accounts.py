"""What an account on a lab host may do with its labs: whatever the host itself lets it do."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Grant
from skyforge_tui.ports.lab_provider import LabListing

_PERMITS: Final = frozenset(
    {Permission.LAB_EDIT, Permission.LAB_START, Permission.LAB_STOP, Permission.LAB_WIPE}
)


def as_account(listing: LabListing, user: str) -> LabListing:
    """Return a listing whose sources say as whom labs are run, and what that account may."""
    grant = Grant(user, "user there", Role.OWNER, _PERMITS)
    sources = tuple(replace(one, grant=grant) for one in listing.sources)
    return replace(listing, sources=sources)
