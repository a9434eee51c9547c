"""Labs as a question sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import Lab, LabState
from skyforge_tui.domain.lab_vocabulary import LABS, lab_record
from skyforge_tui.domain.query_parser import parse
from tests.builders import NOON

LAB = Lab(
    LabId("nl-1:/srv/dc1"), "bgp-fabric", LabState.RUNNING, "nl-1", "netlab", owner="Mara",
    project="edge", nodes_total=8, nodes_up=7, ready=6, updated_at=NOON - timedelta(hours=2),
    note="leaf3 waits",
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "is_found"),
    [
        ("@nl-1 bgp", True), ("@nl-2", False), ("mine", True), ("state:running", True),
        ("degraded", True), ("state:ready", False), ("up=7", True), ("up>7", False),
        ("age<3h", True), ("age<1h", False), ("owner:mara", True), ("leaf3", True),
        ("kind:netlab", True), ("!moving", True),
    ],
)  # fmt: skip
def test_questions(question: str, is_found: bool) -> None:
    """A lab is found by state, name, owner, server, counts and age."""
    assert parse(question, LABS).matches(lab_record(LAB, NOON, "mara")) is is_found
