"""A file that somebody else changed meanwhile, on the command line: both changes, and a way on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Final

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.merging import Merged, merge
from skyforge_tui.domain.project import Commit
from skyforge_tui.domain.repository import FileChange, FileContent
from skyforge_tui.services.contract import Services

_MOST: Final = 1024 * 1024
"""Bytes; longer files are told of, not compared."""
_BACK: Final = 20
"""Commits in which the content is looked for that was to be replaced."""
_MOST_ROWS: Final = 40


@dataclass(frozen=True, slots=True)
class Meeting:
    """A file as it was, as somebody else left it, and as it was to become."""

    path: str
    before: FileContent | None
    """None where nobody knows: it is not in the newest commits."""
    theirs: FileContent | None
    """None where they deleted it."""
    mine: bytes
    last: Commit | None

    def merged(self) -> Merged | None:
        """Return both changes in one text; None of what is no text, is gone or is too long."""
        known = (self.before, self.theirs)
        if any(one is None or not one.is_whole for one in known) or len(self.mine) > _MOST:
            return None
        try:
            texts = [one.data.decode() for one in known if one is not None] + [self.mine.decode()]
        except UnicodeDecodeError:
            return None
        before, theirs, mine = texts
        return merge(before, mine, theirs)

    def lines(self) -> Iterator[str]:
        """Yield who was faster, both changes, and how to go on."""
        if self.last is not None:
            yield f"{self.last.author}, {self.last.at:%Y-%m-%d %H:%M}: {self.last.subject}"
        merged = self.merged()
        if self.theirs is None:
            yield "theirs  it was deleted"
        elif merged is None or self.before is None:
            yield f"theirs  {self.theirs.size} bytes, which cannot be compared line by line"
        else:
            yield from _rows("theirs", self.before.data, self.theirs.data)
            yield from _rows("yours", self.before.data, self.mine)
        if merged is not None and not merged.conflicts:
            yield "they are apart: --together commits both"
        elif merged is not None:
            places = "one place" if merged.conflicts == 1 else f"{merged.conflicts} places"
            yield f"they meet in {places}"
        if self.theirs is not None:
            yield f"--replaces {self.theirs.object_id} writes yours over theirs"


async def meeting(
    services: Services, principal: Principal, project: ProjectId, change: FileChange, branch: str
) -> Meeting:
    """Return what there is to know of a file that is not what a change replaces."""
    some = services.repositories

    async def at(ref: str) -> FileContent | None:
        try:
            return await some.read_file(principal, project, ref, change.path, _MOST)
        except NotFound:
            return None

    commits = (await some.commits(principal, project, branch, change.path)).commits
    theirs = await at(branch)
    before = FileContent(b"", 0, "") if not change.replaces else None
    for one in commits[1:_BACK]:
        if before is not None:
            break
        found = await at(one.sha)
        if found is not None and found.object_id == change.replaces:
            before = found
    return Meeting(change.path, before, theirs, change.data or b"", next(iter(commits), None))


def beside(change: FileChange, met: Meeting) -> FileChange | None:
    """Return the change with theirs in it; None where they meet, or cannot be put together."""
    merged = met.merged()
    if merged is None or merged.conflicts or met.theirs is None:
        return None
    return replace(change, data=merged.text.encode(), replaces=met.theirs.object_id)


def kept(path: str, data: bytes) -> str:
    """Keep what came by standard input, which is nowhere else, and return where it is."""
    name = path.rpartition("/")[2]
    handle, where = tempfile.mkstemp(prefix="skyforge-", suffix=f"-{name}"[-100:])
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return where


def _rows(whose: str, before: bytes, after: bytes) -> Iterator[str]:
    was, became = before.decode().splitlines(), after.decode().splitlines()
    rows = [*unified_diff(was, became, lineterm="", n=1)][2:] or ["(no line differs)"]
    for row in rows[:_MOST_ROWS]:
        yield f"{whose:<7} {row}"
    if len(rows) > _MOST_ROWS:
        yield f"{whose:<7} and {len(rows) - _MOST_ROWS} more lines"
