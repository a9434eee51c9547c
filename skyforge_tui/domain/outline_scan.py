"""Reads a run's output as it grows and fills its outline, a slice of whole lines at a time."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable

from skyforge_tui.domain.log_severity import BAD, CLOCK, WARN
from skyforge_tui.domain.outline import (
    MOST_CELLS,
    MOST_HOSTS,
    OUT,
    HostRow,
    Outcome,
    Outline,
    Recap,
)

SLICE_BYTES = 16 * 1024
"""What is looked at in one go: about a millisecond where every line tells something."""
AHEAD_BYTES = 256 * 1024
"""What is read at once: after each reading a busy interpreter lets others run for up to 5 ms."""
_STARS = b"***"
"""What stands in every line that begins a task, a play or the recap."""
_OVERLAP = 32

_SGR = rb"(?:\x1b\[[0-9;]*+m)*+"
_HOST = rb"([^\]\s]{1,256})"
_HEAD = re.compile(
    rb"\n" + _SGR + rb"(?:(TASK|RUNNING HANDLER) \[|(PLAY RECAP) |PLAY )(?=[^\n]{0,4096}\*{3})"
)
_RESULT = re.compile(
    rb"\n" + _SGR + rb"(ok|changed|skipping|fatal|failed): \[" + _HOST + rb"[^\]\n]*\](: UNREACH)?"
)
_RETRY = re.compile(rb"FAILED - RETRYING: \[" + _HOST + rb"[^\]\n]*\]: [^\n]*\((\d{1,6}) retries")
_SIGNS = re.compile(
    rb"\n(?:\x1b\[[0-9;?]*+[A-Za-z]|[ \t\r]|\xe2\x94\x82|"
    + CLOCK.encode()
    + rf")*+(?:({BAD})|({WARN})|(\.\.\.ignoring))".encode()
)
_RECAP = re.compile(rb"\n(\S{1,256})\s+: (ok=\d[^\n]*)")
_COUNT = re.compile(rb"(ok|changed|unreachable|failed|skipped|rescued|ignored)=(\d{1,9})")
_COLOUR = re.compile(rb"\x1b\[[0-9;]*+m")

_OUTCOMES = {
    b"ok": int(Outcome.OK),
    b"changed": int(Outcome.CHANGED),
    b"skipping": int(Outcome.SKIPPED),
    b"fatal": int(Outcome.FAILED),
    b"failed": int(Outcome.FAILED),
}
_FAILED = int(Outcome.FAILED)
_UNREACHABLE = int(Outcome.UNREACHABLE)


class OutlineScan:
    """Looks through output from its start to its present end."""

    def __init__(self) -> None:
        self.outline = Outline()
        self._ahead = (0, b"")
        """Bytes that were read, and the offset of the first one."""
        self._begins_line = True
        self._base = 0
        """The offset of the first character of the text that is looked at."""
        self._rows: dict[bytes, HostRow] = {}
        self._cells = 0
        self._is_recap = self._is_task = False
        self._failing: list[bytes] = []
        """Hosts on which the present task failed, the latest last."""
        self._ignored = 0
        self._bad_end = self._warning_end = -1
        """Where the line behind the latest bad one begins, and the latest that warned."""

    def look(self, read: Callable[[int, int], bytes], size: int) -> bool:
        """Look at the next slice of `size` bytes; return whether there is more to look at.

        `read` returns bytes from an offset on. What is behind the last line feed is looked at when
        its line is complete.
        """
        offset = self.outline.size
        end = min(size, offset + SLICE_BYTES)
        data = self._read(read, offset, end, size)
        whole = data.rfind(b"\n") + 1
        if not whole:
            if len(data) < SLICE_BYTES:
                return False
            # A line longer than a slice: only its beginning could have told anything.
            whole = len(data) - _OVERLAP
        self.take(data[:whole])
        return end < size

    def _read(self, read: Callable[[int, int], bytes], offset: int, end: int, size: int) -> bytes:
        start, ahead = self._ahead
        if not start <= offset <= end <= start + len(ahead):
            start, ahead = self._ahead = offset, read(offset, min(AHEAD_BYTES, size - offset))
        return ahead[offset - start : end - start]

    def take(self, data: bytes) -> None:
        """Take the next whole lines, or the next part of an enormous one."""
        # Every line begins behind a line feed, so that one literal byte finds all of them.
        text = b"\n" + data if self._begins_line else data
        # A match is at the line feed before its line.
        self._base = self.outline.size + 1 - self._begins_line
        start = 0
        if _STARS in text:
            for head in _HEAD.finditer(text):
                self._section(text, start, head.start())
                start = head.start()
                self._begin(head)
        self._section(text, start, len(text))
        self.outline.size += len(data)
        self._begins_line = data.endswith(b"\n")

    def _begin(self, head: re.Match[bytes]) -> None:
        """Note where a task or a recap begins."""
        outline = self.outline
        line = self._base + head.start()
        self._is_recap, self._is_task = head[2] is not None, head[1] is not None
        if self._is_task:
            outline.tasks.append(line)
            outline.marred.append(0)
        else:
            outline.plays.append(line)
            if self._is_recap:
                outline.recaps.append(line)
        self._failing.clear()
        self._ignored = 0
        self._bad_end = self._warning_end = -1

    def _section(self, text: bytes, start: int, end: int) -> None:
        """Look at lines that belong to one task."""
        if start < end:
            if self._is_task:
                self._results(text, start, end)
            if self._is_recap:
                self._recaps(text[start:end])
            self._signs(text, start, end)

    # What came of a task

    def _results(self, text: bytes, start: int, end: int) -> None:
        if text.find(b"RETRYING: [", start, end) >= 0:
            for name, left in _RETRY.findall(text, start, end):
                self._record(name, Outcome.RETRYING)
                if (row := self._rows.get(name)) is not None:
                    row.retries_left = int(left)
        # Thousands of hosts say the same thousands of times: each of them is taken once.
        rows, task = self._rows, len(self.outline.tasks) - 1
        for word, name, unreachable in Counter(_RESULT.findall(text, start, end)):
            outcome = _UNREACHABLE if unreachable else _OUTCOMES[word]
            row = rows.get(name)
            if row is None or len(row.cells) <= task:
                self._record(name, outcome)
            elif outcome > row.cells[task]:
                row.cells[task] = outcome

    def _record(self, name: bytes, outcome: int) -> None:
        row = self._rows.get(name) or self._new_row(name)
        if row is None:
            return
        task = len(self.outline.tasks) - 1
        cells = row.cells
        if (missing := task + 1 - len(cells)) > 0:
            if self._cells + missing > MOST_CELLS:
                self.outline.is_cut = True
                return
            self._cells += missing
            cells.extend(bytes(missing))
        if outcome > cells[task]:
            cells[task] = outcome

    def _new_row(self, name: bytes) -> HostRow | None:
        if len(self._rows) >= MOST_HOSTS:
            self.outline.is_cut = True
            return None
        row = self._rows[name] = HostRow(name.decode("utf-8", "replace"))
        self.outline.hosts.append(row)
        return row

    def _recaps(self, section: bytes) -> None:
        for name, counts in _RECAP.findall(_COLOUR.sub(b"", section)):
            row = self._rows.get(name) or self._new_row(name)
            if row is not None:
                told = {word.decode(): int(number) for word, number in _COUNT.findall(counts)}
                row.recap = Recap(**told)
                if row.recap.rescued and row.recap.is_well:
                    self._rescue(row)

    def _rescue(self, row: HostRow) -> None:
        """Take note that whatever failed on a host since the recap before was rescued."""
        outline = self.outline
        before = outline.recaps[-2] if len(outline.recaps) > 1 else 0
        task = row.cells.find(_FAILED, bisect_left(outline.tasks, before))
        while task >= 0:
            row.cells[task] = Outcome.RESCUED
            if not any(host.at(task) in OUT for host in outline.hosts):
                outline.excuse(task)
            task = row.cells.find(_FAILED, task)

    # What is bad

    def _signs(self, text: bytes, start: int, end: int) -> None:
        for sign in _SIGNS.finditer(text, start, end):
            if sign[1] is not None:
                self._bad(text, sign)
            elif sign[2] is not None:
                self._warning(text, sign)
            else:
                self._ignore()

    def _bad(self, text: bytes, sign: re.Match[bytes]) -> None:
        outline = self.outline
        line = self._base + sign.start()
        names_host = False
        if sign[1] in (b"fatal: ", b"failed: [") and self._is_task:
            result = _RESULT.match(text, sign.start())
            if result is not None:
                names_host = not self._failing
                self._failing.append(result[2])
        self._mar()
        outline.buckets.mark(line, "bad")
        # Of a task only the first counts: what Ansible says of it, and where it names a host.
        if names_host or (self._bad_end < 0 if self._is_task else self._bad_end != line):
            outline.failures.append(line)
        self._bad_end = self._behind(text, sign)

    def _warning(self, text: bytes, sign: re.Match[bytes]) -> None:
        line = self._base + sign.start()
        self._mar()
        self.outline.buckets.mark(line, "warn")
        if self._warning_end != line:
            self.outline.warnings.append(line)
        self._warning_end = self._behind(text, sign)

    def _behind(self, text: bytes, sign: re.Match[bytes]) -> int:
        """Return the offset of the line behind the one in which a sign was found."""
        end = text.find(b"\n", sign.end())
        return self._base + (end if end >= 0 else len(text))

    def _ignore(self) -> None:
        """Take note that the failure just told does not matter: it is a warning then."""
        outline = self.outline
        if not self._failing or not self._is_task:
            return
        row = self._rows.get(self._failing[-1])
        task = len(outline.tasks) - 1
        if row is not None and task < len(row.cells):
            row.cells[task] = Outcome.IGNORED
        self._ignored += 1
        if self._ignored >= len(set(self._failing)):
            outline.excuse(task)
            self._bad_end = -1

    def _mar(self) -> None:
        if self._is_task:
            self.outline.marred[-1] = 1
