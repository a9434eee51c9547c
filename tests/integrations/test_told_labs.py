"""Whatever netlab and containerlab print is read as what was expected, or is a plain error."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.integrations.containerlab import wire as clab
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab import inspection, wire
from skyforge_tui.integrations.printed_json import elements, members, read_document
from tests.integrations.eve.test_client import ANYTHING

KEYS = st.sampled_from(
    ["dir", "name", "status", "log", "nodes", "warning", "error", "providers", "interfaces", "mgmt",
     "lab_name", "containers", "state", "ipv4_address", "absLabPath", "attributes", "x"]
)  # fmt: skip
TOLD = st.recursive(
    ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=80)
@given(TOLD, st.sampled_from([b"", b"[INFO] reading\nINFO[0000] {x}\n"]))
def test_nothing_that_is_told_is_trusted(told: object, before: bytes) -> None:
    """Any JSON, also for what should be another kind, raises nothing but that it is unreadable."""
    printed = before + json.dumps(told).encode()
    for read in (clab.read_inspect, clab.read_exec, clab.read_event):
        with suppress(TransportError):
            read(printed)
    for shape in (wire.read_all, wire.read_instance, inspection.read_file):
        with suppress(TransportError, wire.UnknownInstanceError):
            shape(told)
    with suppress(TransportError):
        list(inspection.nodes_of(members(printed, "it")))
    with suppress(TransportError):
        list(inspection.links_of(elements(printed, "it")))
    wire.read_status_file(printed)


@pytest.mark.parametrize("said", [b"[]", b"{}", b'{"vlan": []}', b'{"vlan": {}}', b'{"vlan": 7}'])
def test_an_empty_list_is_an_empty_map(said: bytes) -> None:
    """`[]` for `{}`, and the other way round, is nothing: no containers, nodes or links."""
    assert clab.read_inspect(said) == ()
    if said in (b"[]", b"{}"):
        assert list(inspection.nodes_of(members(said, "it"))) == []
        assert list(inspection.links_of(elements(said, "it"))) == []
        assert not wire.read_instance({"nodes": read_document(said, "it")}).nodes
