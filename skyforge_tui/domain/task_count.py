"""Counts the tasks in output, fast and without looking at anything else."""

from __future__ import annotations

_HEADS = (b"\nTASK [", b"\nRUNNING HANDLER [")
_LONGEST = max(map(len, _HEADS))


class TaskCount:
    """Counts headings of tasks and handlers in output as it comes, in pieces of any size."""

    def __init__(self) -> None:
        self.tasks = 0
        self._rest = b"\n"

    def feed(self, chunk: bytes) -> None:
        """Take the next piece."""
        data = self._rest + chunk
        self.tasks += sum(data.count(head) for head in _HEADS)
        # Half of a heading at the end is counted with the next piece, a whole one is not again.
        rest = data[-_LONGEST + 1 :]
        self._rest = rest[max((rest.rfind(head) + len(head) for head in _HEADS if head in rest),
                              default=0) :]  # fmt: skip
