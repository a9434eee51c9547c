"""What a run's output is made of: tasks, what came of them where, and what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.log_severity import severity_of
from skyforge_tui.domain.offset_buckets import BUCKETS, OffsetBuckets
from skyforge_tui.domain.outline import Outcome, Outline, Recap, after, before
from skyforge_tui.domain.outline_scan import SLICE_BYTES, OutlineScan

REAL = (Path(__file__).parent / "recorded" / "ansible_run.log").read_bytes()
"""ansible-core 2.19, forced colour: ignored, unreachable, retried, rescued, delegated, handlers."""


def scanned(data: bytes, sizes: tuple[int, ...] = ()) -> OutlineScan:
    """Return a scan of output that grew by these sizes, and then to its end."""
    scan = OutlineScan()
    end = 0
    for size in (*sizes, len(data)):
        end = min(len(data), end + size)
        seen = data[:end]
        while scan.look(lambda offset, count, seen=seen: seen[offset : offset + count], end):  # type: ignore[misc]
            pass
    return scan


def outlined(data: bytes) -> Outline:
    """Return the outline of output."""
    return scanned(data).outline


def numbers(data: bytes, offsets: Iterable[int]) -> list[int]:
    """Return the numbers of the lines that begin at these offsets."""
    assert all(offset == 0 or data[offset - 1 : offset] == b"\n" for offset in offsets)
    return [data[:offset].count(b"\n") for offset in offsets]


def words_at(data: bytes, offsets: Iterable[int]) -> list[str]:
    """Return the first words of some lines, without colours."""
    return [data[offset:].decode().split("m", 1)[-1][:14] for offset in offsets]


def test_a_real_run_is_understood() -> None:
    """Tasks, handlers, hosts, failures, warnings and the recap of a real playbook are found."""
    outline = outlined(REAL)
    heads = [REAL[offset:].decode().split("\n")[0].rstrip(" *") for offset in outline.tasks]
    assert heads == [
        "TASK [Say hello]", "TASK [Probe]", "TASK [Read the plan]", "TASK [Check addresses]",
        "TASK [Wait for sessions]", "TASK [Push]", "TASK [Configure]", "TASK [Try]",
        "TASK [Recover]", "RUNNING HANDLER [reload]", "TASK [delegated]",
    ]  # fmt: skip
    rows = {host.name: [int(one) for one in host.cells] for host in outline.hosts}
    assert rows == {
        "spine1": [3, 3, 4, 2, 4, 2, 4, 6, 3, 4, 4],
        "spine2": [3, 3, 4, 2, 4, 2, 4, 2, 0, 4, 4],
        "leaf1": [3, 3, 4, 2, 4, 2, 4, 2, 0, 4],
        "leaf2": [3, 3, 4, 5, 4, 2, 4, 2, 0, 4],
        "leaf4": [3, 3, 4, 2, 4, 7],
        "leaf3": [3, 8],
    }
    assert [host.name for host in outline.hosts if host.is_out] == ["leaf4", "leaf3"]
    spine1 = outline.hosts[0].recap
    assert spine1 == Recap(ok=8, changed=5, skipped=2, rescued=1)
    assert spine1.is_well
    assert words_at(REAL, outline.failures) == [
        "[ERROR]: Task ", "fatal: [leaf3]", "[ERROR]: Task ", "fatal: [leaf4]",
    ]  # fmt: skip
    assert words_at(REAL, outline.warnings) == [
        "[ERROR]: Task ",
        "FAILED - RETRY",
        "[ERROR]: Task ",
    ]
    assert list(outline.marred) == [0, 1, 0, 1, 1, 1, 0, 1, 0, 0, 0]


def test_a_task_knows_its_lines_and_its_tally() -> None:
    """A line belongs to the task above it, until the next task, play or recap."""
    outline = outlined(REAL)
    start, end = outline.bounds(1)
    assert outline.task_at(start) == outline.task_at(end - 1) == 1
    assert outline.task_at(start - 1) == 0
    assert outline.task_at(0) is None
    assert outline.tally(1) == {Outcome.OK: 5, Outcome.UNREACHABLE: 1}
    assert outline.tally(3) == {Outcome.SKIPPED: 4, Outcome.IGNORED: 1}
    recap = outline.recaps[0]
    assert outline.bounds(len(outline.tasks) - 1)[1] == recap
    assert outline.task_at(recap) is outline.task_at(recap + 3) is None
    assert outline.next_stop(outline.tasks[-1]) == recap
    assert outline.last_stop(recap) == outline.tasks[-1]
    assert outline.next_stop(recap) is None
    assert outline.last_stop(outline.tasks[0]) is None
    assert all(outline.is_over(task) for task in range(len(outline.tasks)))


def test_the_present_task_is_not_over() -> None:
    """Nothing follows it yet, so that more may come of it."""
    data = b"TASK [a] ***\nok: [h]\nTASK [b] ***\nok: [h]\n"
    outline = outlined(data)
    assert (outline.is_over(0), outline.is_over(1)) == (True, False)
    assert outline.bounds(1) == (data.rindex(b"TASK"), len(data))


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        (["ok: [h]"], Outcome.OK),
        (["ok: [h] => (item=1)", "changed: [h] => (item=2)", "ok: [h]"], Outcome.CHANGED),
        (["skipping: [h] => (item=1)", "ok: [h] => (item=2)"], Outcome.OK),
        (["FAILED - RETRYING: [h]: wait (3 retries left)."], Outcome.RETRYING),
        (["FAILED - RETRYING: [h]: wait (3 retries left).", "ok: [h]"], Outcome.OK),
        (["failed: [h] (item=x) => {}", "...ignoring"], Outcome.IGNORED),
        (["fatal: [h]: FAILED! => {}", "", "...ignoring"], Outcome.IGNORED),
        (["fatal: [h -> other]: UNREACHABLE! => {}"], Outcome.UNREACHABLE),
        (["\x1b[0;31mfatal: [h]: FAILED! => {}\x1b[0m"], Outcome.FAILED),
        (["no fatal: [h]: here"], Outcome.NONE),
    ],
)  # fmt: skip
def test_what_came_of_a_task(lines: list[str], outcome: Outcome) -> None:
    """Of several words about a host in a task the worst counts; what is ignored does not."""
    text = "\n".join(["TASK [t] ***", "changed: [first]", *lines, ""])
    outline = outlined(text.encode())
    rows = {host.name: host.at(0) for host in outline.hosts}
    assert rows.get("h", Outcome.NONE) is outcome


def test_retries_left_are_known() -> None:
    """A host that tries again says how often it still may."""
    outline = outlined(
        b"TASK [t] ***\nFAILED - RETRYING: [h]: wait (30 retries left).\n"
        b"FAILED - RETRYING: [h]: wait (29 retries left).\n"
    )
    assert outline.hosts[0].retries_left == 29


def test_a_failed_task_is_one_failure_and_one_host() -> None:
    """However many hosts fail in it, a task counts where it is told and where a host is named."""
    told = b"TASK [t] ***\n[ERROR]: Task failed\nOrigin: x\n\n"
    told += b"fatal: [a]: FAILED!\nfatal: [b]: FAILED!\n"
    assert numbers(told, outlined(told).failures) == [1, 4]


def test_a_rescued_failure_is_none() -> None:
    """Once the recap says so: its host did not fail, and the task only if another host did."""
    tried = (
        "TASK [try] ***\n[ERROR]: Task failed\nfatal: [a]: FAILED!\n{}TASK [rescue] ***\nok: [a]\n"
    )
    recap = "PLAY RECAP ***\na : ok=1 failed=0 rescued=1\nb : ok=1 failed={} rescued=0\n"
    before = outlined(tried.format("").encode())
    assert before.hosts[0].at(0) is Outcome.FAILED
    assert len(before.failures) == 2
    alone = (tried.format("ok: [b]\n") + recap.format(0)).encode()
    assert [host.at(0) for host in outlined(alone).hosts] == [Outcome.RESCUED, Outcome.OK]
    assert numbers(alone, outlined(alone).failures) == []
    assert numbers(alone, outlined(alone).warnings) == [1]
    both = (tried.format("fatal: [b]: FAILED!\n") + recap.format(1)).encode()
    assert [host.at(0) for host in outlined(both).hosts] == [Outcome.RESCUED, Outcome.FAILED]
    assert numbers(both, outlined(both).failures) == [1, 2]
    again = alone + tried.format("").encode()
    assert [host.at(2) for host in outlined(again).hosts] == [Outcome.FAILED, Outcome.NONE]


def test_a_failed_task_counts_once() -> None:
    """However many hosts fail in it, a task is one failure; without tasks a stretch is one."""
    task = "TASK [t] ***\n" + "".join(f"fatal: [h{n}]: FAILED!\nok: [o{n}]\n" for n in range(9))
    assert numbers(task.encode(), outlined(task.encode()).failures) == [1]
    plain = b"fine\nerror: a\nerror: b\nfine\nerror: c\n"
    assert numbers(plain, outlined(plain).failures) == [1, 4]


def test_one_ignored_failure_does_not_excuse_another() -> None:
    """A task fails as long as one of its failures is not ignored."""
    two = "TASK [t] ***\nfatal: [a]: FAILED!\n{}fatal: [b]: FAILED!\n...ignoring\n"
    one, both = two.format("").encode(), two.format("...ignoring\n").encode()
    assert numbers(one, outlined(one).failures) == [1]
    assert numbers(both, outlined(both).failures) == []
    assert numbers(both, outlined(both).warnings) == [1, 3]


chunks = st.lists(st.integers(1, 400), max_size=12).map(tuple)
words = st.lists(
    st.sampled_from([
        "TASK [a : b] ****", "RUNNING HANDLER [r] ***", "PLAY [p] ***", "PLAY RECAP ***",
        "ok: [h1]", "changed: [h2] => (item=1)", "fatal: [h3]: UNREACHABLE! => {}", "...ignoring",
        "skipping: [h1]", "[WARNING]: w", "error: e", "", "  plain", "é" * 9, "x" * 300,
        "FAILED - RETRYING: [h1]: t (2 retries left).", "h1 : ok=3 changed=1 failed=0",
    ]),
    max_size=40,
).map(lambda some: "".join(f"{one}\n" for one in some).encode())  # fmt: skip


@given(words, chunks)
@example(REAL, (1, 2, 3, 700, 4000))
@settings(max_examples=150, deadline=None)
def test_the_outline_does_not_depend_on_how_output_grew(
    data: bytes, sizes: tuple[int, ...]
) -> None:
    """Whatever the pieces in which output came, the outline is that of the whole."""
    pieces, whole = scanned(data, sizes).outline, outlined(data)
    assert (pieces.tasks, pieces.plays, pieces.recaps) == (whole.tasks, whole.plays, whole.recaps)
    assert (pieces.failures, pieces.warnings) == (whole.failures, whole.warnings)
    assert pieces.marred == whole.marred
    assert {one.name: one for one in pieces.hosts} == {one.name: one for one in whole.hosts}
    lines = re.sub(r"\x1b\[[0-9;]*m", "", data.decode()).split("\n")
    bad = {number for number, line in enumerate(lines) if severity_of(line) == "bad"}
    assert set(numbers(data, whole.failures)) <= bad
    assert pieces.size == whole.size == data.rfind(b"\n") + 1


@given(st.binary(max_size=600))
@settings(max_examples=150, deadline=None)
def test_anything_can_be_looked_through(data: bytes) -> None:
    """No bytes break the scan; it ends behind the last line feed."""
    assert outlined(data).size == data.rfind(b"\n") + 1


def test_half_a_line_waits() -> None:
    """What is behind the last line feed is looked at when its line is complete."""
    scan = scanned(b"ok\nfat")
    assert scan.outline.size == 3
    grown = b"ok\nfatal: x\nok\n"
    while scan.look(lambda offset, count: grown[offset : offset + count], len(grown)):
        pass
    assert list(scan.outline.failures) == [3]


def test_a_line_longer_than_a_slice_is_passed() -> None:
    """A huge line does not stop the looking, and its middle is no line."""
    middle = b"x" * (SLICE_BYTES - 32) + b"fatal: not at the start of a line "
    data = middle + b"x" * (3 * SLICE_BYTES) + b"\nok\nfatal: y\n"
    assert numbers(data, outlined(data).failures) == [2]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """More hosts and tasks than can be kept are not, and that is said."""
    from skyforge_tui.domain import outline_scan

    monkeypatch.setattr(outline_scan, "MOST_HOSTS", 3)
    monkeypatch.setattr(outline_scan, "MOST_CELLS", 8)
    outline = outlined(b"TASK [t] ***\n" + b"".join(b"ok: [h%d]\n" % n for n in range(5)))
    assert (len(outline.hosts), outline.is_cut) == (3, True)
    tasks = outlined(b"".join(b"TASK [t] ***\nok: [h]\n" for _ in range(20)))
    assert (len(tasks.tasks), len(tasks.hosts[0].cells), tasks.is_cut) == (20, 8, True)


def test_neighbours_in_sorted_lines() -> None:
    """The next and the last line are strictly behind and before."""
    lines = Outline().tasks
    lines.extend([3, 7])
    assert [after(lines, line) for line in (0, 3, 7)] == [3, 7, None]
    assert [before(lines, line) for line in (3, 7, 9)] == [None, 3, 7]


def test_the_worst_of_its_lines_makes_a_tick() -> None:
    """A row of the scrollbar shows a failure rather than a warning, and nothing otherwise."""
    text = b"ok\n" * 40 + b"[WARNING]: w\nfatal: f\n" + b"ok\n" * 40 + b"[WARNING]: w\n"
    buckets = outlined(text).buckets
    assert buckets.rows(4, len(text)) == ["", "bad", "", "warn"]
    assert buckets.rows(1, len(text)) == ["bad"]


def test_ticks_of_a_long_log_keep_their_place() -> None:
    """Buckets are joined as bytes come; where something was bad stays bad."""
    buckets = OffsetBuckets()
    for offset in (0, 1_100_000, 400 * BUCKETS):
        buckets.mark(offset, "bad")
    assert buckets.rows(10, 2_000_000) == ["bad", "", "bad", "", "", "bad", "", "", "", ""]
