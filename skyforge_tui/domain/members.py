"""Who is what in a project, by name; a name stands in one role, the highest that lists it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from skyforge_tui.domain.identity import Role

_USER: Final = re.compile(r"[A-Za-z0-9._@-]{1,255}")


def is_user_name(name: str) -> bool:
    """Say whether somebody can be called so; a manifest that names another is not obeyed."""
    return _USER.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Members:
    """Who holds which role, by user name and by group name."""

    owners: frozenset[str] = frozenset()
    editors: frozenset[str] = frozenset()
    viewers: frozenset[str] = frozenset()
    owner_groups: frozenset[str] = frozenset()
    editor_groups: frozenset[str] = frozenset()
    viewer_groups: frozenset[str] = frozenset()

    def role_of(self, username: str, groups: frozenset[str] = frozenset()) -> Role:
        """Return the highest role that names somebody or one of their groups; case says nothing."""
        user = username.lower()

        def named(names: frozenset[str], group_names: frozenset[str]) -> bool:
            is_named = bool(user) and user in {name.lower() for name in names}
            return is_named or bool(groups & group_names)

        if named(self.owners, self.owner_groups):
            return Role.OWNER
        if named(self.editors, self.editor_groups):
            return Role.EDITOR
        if named(self.viewers, self.viewer_groups):
            return Role.VIEWER
        return Role.NONE

    def with_role(self, username: str, role: Role) -> Members:
        """Return members among whom `username` holds exactly this role; NONE takes them out."""
        user = username.lower()

        def others(names: frozenset[str], is_theirs: bool) -> frozenset[str]:
            kept = frozenset(name for name in names if name.lower() != user)
            return kept | {username} if is_theirs else kept

        return Members(
            others(self.owners, role is Role.OWNER),
            others(self.editors, role is Role.EDITOR),
            others(self.viewers, role is Role.VIEWER),
            self.owner_groups, self.editor_groups, self.viewer_groups,
        )  # fmt: skip

    def by_name(self) -> dict[str, Role]:
        """Return everybody who is named, with the highest role that names them."""
        pairs = (
            (self.viewers, Role.VIEWER), (self.editors, Role.EDITOR), (self.owners, Role.OWNER),
        )  # fmt: skip
        roles: dict[str, tuple[str, Role]] = {}
        for names, role in pairs:
            for name in sorted(names):
                roles[name.lower()] = (name, role)
        return dict(sorted(roles.values()))

    def __bool__(self) -> bool:
        """Say whether anybody is named."""
        return self != Members()
