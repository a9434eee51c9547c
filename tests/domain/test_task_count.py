"""Tasks are counted in output of any pieces."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.outline_scan import OutlineScan
from skyforge_tui.domain.task_count import TaskCount

outputs = st.lists(
    st.sampled_from(
        ["TASK [a] ***\n", "RUNNING HANDLER [b] ***\n", "ok: [h]\n", "\n", "x TASK [\n"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(outputs, st.integers(1, 9))
@settings(max_examples=100, deadline=None)
def test_pieces_make_no_difference(output: str, size: int) -> None:
    """However output is cut, its headings are counted once each, as the outline finds them."""
    data = output.encode()
    count = TaskCount()
    for start in range(0, len(data), size):
        count.feed(data[start : start + size])
    scan = OutlineScan()
    scan.take(data)
    assert count.tasks == len(scan.outline.tasks)
