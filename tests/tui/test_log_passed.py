"""A log without the tasks that passed."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.outline_scan import OutlineScan
from skyforge_tui.tui.widgets.log_document import LogDocument, Row
from skyforge_tui.tui.widgets.log_missing import Hidden
from skyforge_tui.tui.widgets.log_passed import PassedTasksHidden
from tests.fakes.log_store import MemoryLogReader, MemoryLogStore

logs = st.lists(
    st.sampled_from(
        ["TASK [t] ***", "PLAY [p] ***", "PLAY RECAP ***", "ok: [h]", "fatal: [h]: FAILED!",
         "[WARNING]: w", "", "FAILED - RETRYING: [h]: t (1 retries left)."]
    ),
    max_size=30,
).map(lambda some: "".join(f"{one}\n" for one in some).encode())  # fmt: skip


def reading(data: bytes) -> MemoryLogReader:
    """Return a reader that has seen some output."""
    store = MemoryLogStore()
    store.outputs["7"] = data
    reader = MemoryLogReader(store, "7")
    while reader.refresh():
        pass
    return reader


def hiding(data: bytes) -> PassedTasksHidden:
    """Return a reader of some output without passed tasks."""
    scan = OutlineScan()
    scan.take(data)
    return PassedTasksHidden(reading(data), scan.outline)


def kept(data: bytes) -> list[int]:
    """Return the numbers of the lines that stay, found the slow way."""
    stay: list[int] = []
    part: list[int] = []
    is_bad = is_task = False
    for number, line in enumerate([*data.decode().splitlines(), None]):
        if line is None or line.startswith(("TASK", "PLAY")):
            stay += part if not is_task or is_bad or line is None else []
            part, is_bad = [], False
            is_task = line is not None and line.startswith("TASK")
        part.append(number)
        is_bad = is_bad or (line or "").startswith(("fatal", "[WARN", "FAILED"))
    return [number for number in stay if number < data.count(b"\n")]


@given(logs, st.integers(1, 9))
@settings(max_examples=200, deadline=None)
def test_what_is_kept_is_what_did_not_pass(data: bytes, count: int) -> None:
    """From either end, in pages of any size: exactly the passed, finished tasks are gone."""
    hidden = hiding(data)
    down: list[int | None] = []
    offset = 0
    while page := hidden.lines_from(offset, count):
        down += [line.number for line in page]
        offset = page[-1].end + 1
    assert down == kept(data)
    up: list[int | None] = []
    offset = hidden.size
    while page := hidden.lines_before(offset, count):
        up[:0] = [line.number for line in page]
        offset = page[0].offset
    assert up == kept(data)


@given(logs)
@settings(max_examples=100, deadline=None)
def test_nothing_is_hidden_in_silence(data: bytes) -> None:
    """Wherever lines are missing a row tells how many, and every row is passed in both ways."""
    document = LogDocument(hiding(data), tells_hidden=True)
    first = document.first()
    rows = [] if first is None else document.rows_from(first, 1000)
    told = [_lines(row) for row in rows]
    assert sum(len(lines) for lines in told) == data.count(b"\n")
    shown = [row.line.number for row in rows if row.line is not None]
    assert shown == kept(data)
    if first is not None:
        assert list(_upwards(document)) == [row.place for row in rows][::-1]


def _lines(row: Row) -> range:
    if isinstance(row.missing, Hidden):
        assert row.missing.lines
        return range(row.missing.lines)
    return range(1)


def _upwards(document: LogDocument) -> Iterator[object]:
    place = document.last()
    while place is not None:
        yield place
        above = document.back(place, 1)
        place = above if above != place else None


def test_a_task_leaves_when_it_is_over() -> None:
    """The present task is shown; when the next one begins and it passed, it goes."""
    scan = OutlineScan()
    data = b"TASK [a] ***\nok: [h]\nTASK [b] ***\nok: [h]\nTASK [c] ***\n"
    hidden = PassedTasksHidden(reading(data), scan.outline)
    scan.take(data[:21])
    assert hidden.look() is False
    scan.take(data[21:42])
    assert hidden.look() is True
    assert hidden.lines_from(0, 9)[0].data == b"TASK [b] ***"
    scan.take(data[42:])
    assert hidden.look() is True
    assert [line.data for line in hidden.lines_from(0, 9)] == [b"TASK [c] ***"]


def test_the_rest_is_that_of_the_log() -> None:
    """Sizes, numbers and bytes are those of the whole log, and closing leaves it open."""
    data = b"TASK [a] ***\nok: [h]\nTASK [b] ***\nok: [h]\n"
    hidden, whole = hiding(data), reading(data)
    assert (hidden.size, hidden.line_count, hidden.counted_size) == (len(data), 4, len(data))
    assert hidden.lines(0, 1) == hidden.lines_from(0, 1) == whole.lines(2, 1)
    assert hidden.read(0, 6) == b"TASK ["
    assert hidden.line_at(len(data) - 1) == 3
    hidden.close()
    assert hidden.read(0, 4) == b"TASK"
