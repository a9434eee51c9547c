"""One person in a project: what its manifest says of them, beside what its servers grant."""

from __future__ import annotations

from dataclasses import dataclass

from skyforge_tui.domain.identity import Role


@dataclass(frozen=True, slots=True)
class Seat:
    """What somebody is in a project, and why."""

    name: str
    declared: Role | None
    """By the manifest; NONE where it does not name them, None where it names nobody at all."""
    granted: Role | None
    """By the server of the repository; None where that does not tell."""
    on_engine: Role | None = None
    """By the run engine; None where nobody knows."""
    is_creator: bool = False
    """Whether the repository is theirs: then they own it, whatever is written."""
    stays: bool = False
    """Whether what is granted was asked to be other in vain, as with administrators and teams."""

    is_stranger: bool = False
    """Whether nobody at the server of the repository is called so."""
    is_open: bool = False
    """Whether the manifest makes the project public: then everybody may look."""

    @property
    def role(self) -> Role:
        """What they are: the lower of what is written and what is granted."""
        if self.is_creator:
            return Role.OWNER
        declared = self.declared
        if declared is Role.NONE and self.is_open:
            declared = Role.VIEWER  # looked at last
        known = [one for one in (declared, self.granted) if one is not None]
        return min(known, default=Role.NONE)

    @property
    def is_in_step(self) -> bool:
        """Whether the server of the repository grants what is written, as far as is known."""
        return (
            self.is_creator
            or None in (self.declared, self.granted)
            or (self.declared is self.granted)
        )

    @property
    def due(self) -> str:
        """What becomes of them at the repository; empty when nothing does."""
        if self.is_in_step:
            return ""
        if self.stays:
            return "stays so there by other ways"
        if not self.declared:
            return "put out at the next sync"
        if self.is_stranger:
            return "nobody there is called so yet"
        return "let in at the next sync" if not self.granted else "changed at the next sync"

    def why(self, upstream: str) -> str:
        """Say in a sentence why they are what they are."""
        if self.is_creator:
            return f"the repository is theirs at {upstream}: owner, whatever is written"
        said = said_words(self.declared)
        if self.declared is Role.NONE and self.is_open:
            said += ", but is public"
        if self.granted is None:
            return f"{said}; {upstream} does not tell you what it grants them"
        words = f"{said}, {grant_words(upstream, self.granted)}"
        return words if self.is_in_step else f"{words}: {self.role.word}; {self.due}"


def said_words(declared: Role | None) -> str:
    """Return what a manifest says of somebody."""
    if declared is None:
        return "manifest names nobody"
    return f"manifest says {declared.word}" if declared else "manifest does not name them"


def grant_words(upstream: str, granted: Role) -> str:
    """Return what a server grants somebody."""
    return f"{upstream} grants {granted.word if granted else 'nothing'}"
