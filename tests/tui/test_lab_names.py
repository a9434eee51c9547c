"""Labs that people call alike, told apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import Lab
from skyforge_tui.tui.presenters.lab_names import apart, row_keys
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, a_lab, a_lab_source
from tests.tui.cockpit_harness import press, row_with, until_idle
from tests.tui.lab_bench import NOW, Bench

_PARTS = st.sampled_from(["", "a", "b", "labs"])
_PLACES = st.lists(_PARTS, max_size=4).map("/".join)


def at(server: str, instance: str, folder: str) -> Lab:
    """Return a lab called `bgp` of a host with netlab."""
    return a_lab(
        id=LabId(f"{server}:{instance}"), provider=server, directory=folder,
        topology=f"{folder}/topology.yml",
    )  # fmt: skip


_LABS = st.lists(
    st.builds(at, st.sampled_from(["nl-1", "nl-2"]), _PLACES, _PLACES),
    max_size=6, unique_by=lambda lab: lab.id,
)  # fmt: skip


@given(_LABS)
def test_each_is_told(labs: list[Lab]) -> None:
    """Of labs of one name no two read alike, and each has a row of its own."""
    words = apart(labs)
    assert len({(one.provider, words.get(one.id)) for one in labs}) == len(labs)
    assert len(set(row_keys(labs).values())) == len(labs)


def test_only_what_differs() -> None:
    """A lab on its own says no more than its name, namesakes their server, or what differs."""
    labs = [
        a_lab(name="alone"), at("nl-1", "default", "/srv/labs/bgp"),
        at("nl-2", "a", "/home/ada/labs/bgp"), at("nl-2", "b", "/home/ines/labs/bgp"),
    ]  # fmt: skip
    assert apart(labs) == {"nl-1:default": "nl-1", "nl-2:a": "ada", "nl-2:b": "ines"}


async def test_labs_of_one_path_on_two_hosts() -> None:
    """Labs made from the same path on two hosts are two rows, and tell which is where."""
    hosts = []
    for name in ("nl-1", "nl-2"):
        host = FakeLabProvider(at(name, "default", "/srv/labs/bgp"), upstream=name)
        host.source = a_lab_source(provider=name)
        hosts.append(host)
    bench = Bench(topologies=())
    bench.core = Core(clock=FakeClock(NOW), lab_providers=hosts)
    async with bench.app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", shows="Labs 2")
        await until_idle(pilot)
        for name in ("nl-1", "nl-2"):
            assert f"● ready     bgp {name}" in row_with(pilot.app, f"bgp {name}")
