"""People of a project as rows: what is written and granted, what is about to be written. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from skyforge_tui.domain.identity import Role, upstream_of
from skyforge_tui.domain.members import is_user_name
from skyforge_tui.domain.seat import Seat
from skyforge_tui.domain.sharing import Sharing, visibility
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    Tone,
    fitted,
    joined,
    line,
    literal,
    wrapped,
)
from skyforge_tui.tui.presenters.hints import KeyHint, hint_line

if TYPE_CHECKING:
    from skyforge_tui.services.membership import Membership

_NAME, _SAID, _ROLE = 16, 16, 7
"""Cells for a name, for what is written of them, for a role."""
_SLIM = 56
"""In less room names are shorter, and what servers grant is told of one person at a time."""
_SLIM_NAME, _SLIM_SAID = 10, 8


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a project's people, and what is to be changed, but not written yet."""

    found: Membership
    roles: Mapping[str, Role] = field(default_factory=dict)
    is_public: bool | None = None

    @property
    def upstream(self) -> str:
        """The server of the repository."""
        return upstream_of(self.found.project.id)

    @property
    def sharing(self) -> Sharing:
        """What would be written."""
        return Sharing(self.roles, self.is_public)

    @property
    def count(self) -> int:
        """How many changes there are."""
        return len(self.roles) + (self.is_public is not None)

    @property
    def seats(self) -> tuple[Seat, ...]:
        """Return everybody: those who are in, and those about to be."""
        known = {one.name.lower() for one in self.found.seats}
        new = [name for name in self.roles if name.lower() not in known]
        none = Role.NONE
        return (*self.found.seats, *(Seat(name, none, none, none) for name in new))

    @property
    def is_open(self) -> bool:
        """Whether everybody on the server may look, as it is written or about to be."""
        said = self.found.seen.manifest.is_public
        if self.is_public is not None:
            return self.is_public
        return self.found.project.is_public if said is None else said

    def role_of(self, name: str) -> Role:
        """Return what somebody is going to be by the manifest."""
        staged = self.roles.get(self._as_written(name))
        return self.found.seen.manifest.members.role_of(name) if staged is None else staged

    def refusal(self, name: str, role: Role) -> str:
        """Say why somebody cannot be made that; empty when they can."""
        if not is_user_name(name):
            return "that can be nobody's name"
        seat = next((one for one in self.seats if one.name.lower() == name.lower()), None)
        if seat is not None and seat.is_creator and role is not Role.OWNER:
            return f"the repository belongs to {name}: nobody can be shut out of what is theirs"
        manifest = self.found.seen.manifest
        after = self.with_role(name, role)
        owners = [one for one in after.seats if after.role_of(one.name) is Role.OWNER]
        if manifest.names_an_owner and not owners and not manifest.members.owner_groups:
            return f"{name} is the last owner: make somebody else owner first"
        return ""

    def with_role(self, name: str, role: Role) -> Draft:
        """Return a draft in which somebody is to be this; nothing is due where they are already."""
        name = self._as_written(name)
        roles = {one: said for one, said in self.roles.items() if one != name}
        if self.found.seen.manifest.members.role_of(name) is not role:
            roles[name] = role
        return replace(self, roles=roles)

    def without(self, name: str) -> Draft:
        """Return a draft in which somebody stays what they are; or else visibility what it is."""
        still = self.with_role(name, self.found.seen.manifest.members.role_of(name))
        return replace(self, is_public=None) if still == self else still

    def turned(self) -> Draft:
        """Return a draft with the other visibility."""
        wanted = not self.is_open
        is_so = self.found.seen.manifest.is_public is wanted
        return replace(self, is_public=None if is_so else wanted)

    def _as_written(self, name: str) -> str:
        names = [one.name for one in self.found.seats] + list(self.roles)
        return next((one for one in names if one.lower() == name.lower()), name)


def hints(draft: Draft, *, may: bool) -> list[Line]:
    """Return the keys that change something."""
    keys = (("o", "owner"), ("e", "editor"), ("v", "viewer"), ("x", "out"), ("a", "add"),
            ("p", "visibility"))  # fmt: skip
    undo = KeyHint("u", "undo", may and bool(draft.count))
    return [hint_line(KeyHint(key, label, may)) for key, label in keys] + [hint_line(undo)]


def noted(draft: Draft, note: Line, refused: str, room: int) -> list[Line]:
    """Return what there is to say: what went on, why nothing can be changed, what comes of it."""
    if note:
        return [note]
    if draft.roles and not draft.found.seen.manifest.members:
        return [(Span("It names people for the first time: a sync puts all others out", "warn"),)]
    if not refused:
        return []
    rows = wrapped(literal(refused), room - 2, 2)
    signs = [f"{glyphs.REFUSED} ", *["  "] * (len(rows) - 1)]
    return [(Span(sign, "warn"), Span(row, "warn")) for sign, row in zip(signs, rows, strict=True)]


def head_line(draft: Draft, room: int) -> Line:
    """Return the heads of the columns."""
    name, said = _widths(room)
    heads = [fitted((Span("NAME", "muted"),), name), fitted((Span("MANIFEST", "muted"),), said)]
    servers = filter(None, (draft.upstream, draft.found.engine) if room >= _SLIM else ())
    heads += [fitted((Span(literal(one.upper()), "muted"),), _ROLE) for one in servers]
    return joined([*heads, (Span("IS", "muted"),)])


def seat_line(draft: Draft, seat: Seat, ref: str, room: int) -> Line:
    """Return somebody's row."""
    name_width, said_width = _widths(room)
    after = draft.role_of(seat.name)
    is_new = after is not (seat.declared or Role.NONE)
    said: Line = _role(seat.declared or Role.NONE)
    if is_new:
        to = Span(" → " if room >= _SLIM else "→", "muted")
        said = line(said if room >= _SLIM else (), to, _role(after, "accent", is_out=True))
    cells = [
        fitted((Span(literal(seat.name), ref=ref),), name_width, cut="middle"),
        fitted(said, said_width),
    ]
    if room >= _SLIM:
        cells.append(fitted(_role(seat.granted), _ROLE))
    if room >= _SLIM and draft.found.engine:
        cells.append(fitted(_role(seat.on_engine), _ROLE))
    due: Line = (Span(glyphs.CUT_OFF, "warn", bold=True),) if seat.due and not seat.stays else ()
    return joined([*cells, line(_role(seat.role), " ", due)])


def _widths(room: int) -> tuple[int, int]:
    return (_NAME, _SAID) if room >= _SLIM else (_SLIM_NAME, _SLIM_SAID)


def why(draft: Draft, name: str) -> str:
    """Say why somebody is what they are, or what they are about to become."""
    seat = next(one for one in draft.seats if one.name == name)
    after = draft.role_of(name)
    if after is (seat.declared or Role.NONE):
        return seat.why(draft.upstream)
    if not after:
        return f"out of the manifest when it is written; out of {draft.upstream} by a sync then"
    return f"{after.word} in the manifest when it is written; at {draft.upstream} by a sync then"


def _role(role: Role | None, tone: Tone = "text", *, is_out: bool = False) -> Line:
    if role is None:
        return (Span("?", "muted"),)
    if not role:
        return (Span("out" if is_out else glyphs.NONE, "bad" if is_out else "muted"),)
    return (Span(role.word, tone),)


def corner_line(draft: Draft) -> Line:
    """Return who may look, and how much is not written yet."""
    word = visibility(draft.is_open)
    there = draft.found.project.is_public
    look: Line = (Span(word, "accent" if draft.is_public is not None else "muted"),)
    if draft.is_public is None and there is not draft.is_open:
        look = line(look, Span(f" {glyphs.CUT_OFF} {visibility(there)} there", "warn"))
    if not draft.count:
        return look
    changes = tones.several(draft.count, "change")
    return line(look, Span(f"  {changes} not written", "warn"))


def share_words(slug: str, sharing: Sharing) -> tuple[str, ...]:
    """Return the headless command that writes the same."""
    options = {Role.OWNER: "--owner", Role.EDITOR: "--editor", Role.VIEWER: "--viewer"}
    words = [word for name, role in sharing.roles.items()
             for word in (options.get(role, "--out"), name)]  # fmt: skip
    if sharing.is_public is not None:
        words.append(f"--{visibility(sharing.is_public)}")
    return ("projects", "share", slug, *words)


def rows_of(sharing: Sharing, before: Mapping[str, Role], was_public: bool | None) -> Iterator[str]:
    """Yield a change as rows of a difference."""
    for name, role in sharing.roles.items():
        was = next((one for known, one in before.items() if known.lower() == name.lower()), None)
        if was is not None:
            yield f"-{name}  {was.word}"
        if role:
            yield f"+{name}  {role.word}"
    if sharing.is_public is not None:
        if was_public is not None:
            yield f"-visibility  {visibility(was_public)}"
        yield f"+visibility  {visibility(sharing.is_public)}"


EMPTY: Final = "Nobody is named or let in yet."
