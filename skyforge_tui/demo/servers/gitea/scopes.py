"""What a token may do: the scopes it was made with."""

from __future__ import annotations

from typing import Final

CATEGORIES: Final = (
    "activitypub", "admin", "issue", "misc", "notification", "organization", "package",
    "repository", "user",
)  # fmt: skip
KNOWN: Final = frozenset(
    {"all", "public-only"} | {f"{verb}:{one}" for verb in ("read", "write") for one in CATEGORIES}
)


def allows(scopes: tuple[str, ...], category: str, *, writes: bool) -> bool:
    """Say whether a token with these scopes may; writing includes reading."""
    if not category or "all" in scopes:
        return True
    return f"write:{category}" in scopes or (not writes and f"read:{category}" in scopes)


def complaint(scopes: tuple[str, ...], category: str, *, writes: bool) -> str:
    """Return what is said of a token that may not."""
    needed = f"{'write' if writes else 'read'}:{category}"
    return (
        "token does not have at least one of required scope(s), "
        f"required=[{needed}], token scope={','.join(scopes)}"
    )
