"""netlab's command line as it really behaves: exit codes that lie, files cut short, tables."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab import inspection, status_file, wire
from skyforge_tui.integrations.netlab.client import NetlabClient
from skyforge_tui.integrations.netlab.place import SOMEWHERE
from tests.fakes.labs import ScriptedNetlab

ENTRY = {
    "dir": "/srv/lab",
    "log": ["2026-01-03T10:00:00+00:00: starting lab", "2026-01-03T10:02:11+00:00: started"],
    "name": "demo",
    "providers": ["clab"],
    "status": "started",
    "timestamp": "2026-01-03 10:02:11.5+00:00",
}
STATUS_FILE = """\
default:
  dir: /srv/lab
  log:
  - '2026-01-03T10:00:00+00:00: starting lab'
  - '2026-01-03T10:02:11+00:00: started'
  name: demo
  providers: [clab]
  status: started
  timestamp: 2026-01-03 10:02:11.500000+00:00
5:
  dir: /srv/other
  name: ml-5
  status: started
"""


@pytest.fixture
def netlab(tmp_path: Path) -> ScriptedNetlab:
    """Return a netlab that does as it is told."""
    return ScriptedNetlab(tmp_path)


@pytest.fixture
def client(netlab: ScriptedNetlab) -> NetlabClient:
    """Return a client of it."""
    return NetlabClient(environ=netlab.environ)


async def test_the_version(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """The first line tells year and month; anything else is said to tell nothing."""
    assert await client.version() == (26, 10)
    netlab.answer("version", "no idea\n")
    with pytest.raises(TransportError, match="does not tell its version"):
        await client.version()


async def test_no_labs_is_an_answer(client: NetlabClient) -> None:
    """Exit code 1 with a warning that there are no labs is an answer: none."""
    answer = await client.status()
    assert (answer.status, answer.transport, answer.why) == (wire.Status(), "command", "")


async def test_an_error_with_exit_code_zero(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """Exit code 0 with an error inside is no success."""
    netlab.answer("status-99", {"error": "Unknown lab instance 99"})
    with pytest.raises(wire.UnknownInstanceError):
        await client.instance("99")
    netlab.answer("status-all", {"error": "Cannot read lab status file"})
    with pytest.raises(TransportError, match="Cannot read lab status file"):
        await client.status()


async def test_labs_of_the_command(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """Entries are read with their log; one that makes no sense is named, not dropped."""
    netlab.answer("status-all", {"default": ENTRY, "7": "nonsense", "8": {"dir": ["/x"]}})
    status = (await client.status()).status
    assert status.unreadable == ("7", "8")
    (lab,) = status.labs
    assert (lab.instance, lab.directory, lab.name) == ("default", "/srv/lab", "demo")
    assert (lab.status, lab.providers) == ("started", ("clab",))
    assert lab.log[0] == wire.Step("2026-01-03T10:00:00+00:00", "starting lab")


async def test_half_an_entry(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """A start that died early leaves an entry without a status, which is read all the same."""
    netlab.answer("status-all", {"default": {"dir": "/srv/lab", "log": ["OK: containerlab"]}})
    (lab,) = (await client.status()).status.labs
    assert (lab.status, lab.name) == ("", "")
    assert lab.log == (wire.Step("", "OK: containerlab"),)


async def test_chatter_before_json(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """Banners and notes on standard output are passed over on the way to the JSON."""
    chatter = "[INFO] reading {things}\n┌──── STATUS ────┐\n"
    netlab.answer("status-all", chatter + '{"default": {"dir": "/srv/lab", "status": "started"}}')
    assert [lab.instance for lab in (await client.status()).status.labs] == ["default"]


async def test_the_right_folder_and_no_prompt(
    netlab: ScriptedNetlab, client: NetlabClient, tmp_path: Path
) -> None:
    """Commands work in the lab's folder, with nothing to read, no colours and a wide page."""
    lab = tmp_path / "lab"
    lab.mkdir()
    netlab.answer("inspect-nodes", {"r1": {"device": "frr"}})
    await client.status()
    await client.inspect(str(lab), "nodes")
    (status, inspect) = netlab.calls
    assert status == (str(netlab.home), "1", "1000", "status --all --format json")
    assert inspect == (str(lab), "1", "1000", "inspect -q --format json nodes")


async def test_instances_that_look_like_options(
    netlab: ScriptedNetlab, client: NetlabClient
) -> None:
    """The id of an instance is never taken for an option."""
    netlab.answer("status---reset", {"error": "Unknown lab instance --reset"})
    with pytest.raises(wire.UnknownInstanceError):
        await client.instance("--reset")
    assert netlab.calls[-1][3] == "status --instance=--reset --format json"


async def test_a_status_that_hangs(netlab: ScriptedNetlab) -> None:
    """When the command does not end, the status file answers, and that is said."""
    netlab.write_status(STATUS_FILE)
    netlab.hang("status-all")
    answer = await NetlabClient(environ=netlab.environ, timeout_s=0.5).status()
    assert [lab.name for lab in answer.status.labs] == ["demo", "ml-5"]
    assert answer.transport == "status file"
    assert "did not end within" in answer.why


async def test_a_status_that_crashes(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """A traceback instead of an answer leads to the status file, else to netlab's own words."""
    trace = "Traceback (most recent call last):\n  File x\nFileNotFoundError: docker\n"
    netlab.answer("status-all", "", err=trace, code=1)
    with pytest.raises(TransportError, match="FileNotFoundError: docker"):
        await client.status()
    netlab.write_status(STATUS_FILE)
    answer = await client.status()
    assert (len(answer.status.labs), answer.why) == (2, "FileNotFoundError: docker")


async def test_releases_before_status_in_json(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """A release without `--format` is read through its status file, and asked only once."""
    usage = "usage: netlab status\nnetlab status: error: unrecognized arguments: --format json\n"
    netlab.answer("status-all", "", err=usage, code=2)
    netlab.write_status(STATUS_FILE, "status.yml")
    for _ in range(2):
        answer = await client.status()
        assert (answer.transport, answer.why) == ("status file", "")
        assert [lab.instance for lab in answer.status.labs] == ["default", "5"]
        assert answer.status.labs[0].timestamp == "2026-01-03 10:02:11.500000+00:00"
    assert len(netlab.calls) == 1


def _bytes_of(*contents: bytes | None) -> Callable[[Path], bytes | None]:
    left = list(contents)
    return lambda home: left.pop(0) if len(left) > 1 else left[0]


@pytest.mark.parametrize(
    "first",
    [b"", STATUS_FILE.encode()[:40], STATUS_FILE.encode().partition(b"5:")[0]],
    ids=["empty", "cut within a line", "cut between two labs"],
)
async def test_a_file_that_is_being_written(
    netlab: ScriptedNetlab, client: NetlabClient, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    """A status file seen while it is written is read again until it holds still and makes sense."""
    whole = STATUS_FILE.encode()
    monkeypatch.setattr(status_file, "_bytes", _bytes_of(first, whole))
    answer = await client.brief_status()
    assert [lab.instance for lab in answer.status.labs] == ["default", "5"]


async def test_a_file_that_stays_broken(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """A status file that never makes sense is said to be unreadable, not to hold no labs."""
    netlab.write_status("default: [unclosed\n")
    with pytest.raises(TransportError, match="makes no sense") as caught:
        await client.brief_status()
    assert caught.value.kind == "unreadable"


async def test_a_file_that_would_unfold(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """Merges and aliases that double sixty times cost sixty lines; labs beside them are read."""
    lines = ["x0: &x0 {a: 1, b: 2}"]
    lines += [f"x{n}: &x{n} {{<<: [{', '.join([f'*x{n - 1}'] * 9)}]}}" for n in range(1, 60)]
    netlab.write_status("\n".join([*lines, STATUS_FILE]))
    status = (await client.brief_status()).status
    assert [lab.instance for lab in status.labs] == ["default", "5"]
    assert len(status.unreadable) == 60


@pytest.mark.parametrize("text", ["a: " + "[" * 900_000, "a: " + "{b: " * 200_000])
async def test_a_file_that_is_nested_to_the_sky(
    netlab: ScriptedNetlab, client: NetlabClient, text: str
) -> None:
    """A status file nested without an end is unreadable, and takes nothing with it."""
    netlab.write_status(text)
    with pytest.raises(TransportError, match="makes no sense"):
        await client.brief_status()


async def test_no_file_means_no_labs(client: NetlabClient) -> None:
    """Without a status file nothing was ever started."""
    assert (await client.brief_status()).status == wire.Status()


async def test_a_file_kept_elsewhere(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """Where somebody's defaults keep the status file elsewhere, netlab itself is asked."""
    netlab.answer("status-all", {"default": ENTRY})
    await client.status()
    assert [lab.name for lab in (await client.brief_status()).status.labs] == ["demo"]
    assert len(netlab.calls) == 2


async def test_the_stamp_follows_the_file(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """The stamp differs after every write, and is empty without a file."""
    assert await client.stamp() == ""
    path = netlab.write_status("{}\n")
    first = await client.stamp()
    netlab.write_status(STATUS_FILE)
    assert len({"", first, await client.stamp()}) == 3
    path.unlink()
    assert await client.stamp() == ""


async def test_python_instead_of_json(
    netlab: ScriptedNetlab, client: NetlabClient, tmp_path: Path
) -> None:
    """An answer in Python's notation is not taken for JSON."""
    netlab.answer("inspect-nodes", "['r1', 'r2']\n")
    with pytest.raises(TransportError, match="is not JSON"):
        await client.inspect(str(tmp_path), "nodes")


async def test_a_table_instead_of_json(
    netlab: ScriptedNetlab, client: NetlabClient, tmp_path: Path
) -> None:
    """A table drawn for people is not read, whatever it shows."""
    netlab.answer("inspect-nodes", "┏━━━━━━┳━━━━┓\n┃ node ┃ r1 ┃\n┗━━━━━━┻━━━━┛\n")
    with pytest.raises(TransportError, match="is not JSON"):
        await client.inspect(str(tmp_path), "nodes")


async def test_words_of_a_failure(
    netlab: ScriptedNetlab, client: NetlabClient, tmp_path: Path
) -> None:
    """A failure is told in netlab's own words, without its follow-up lines."""
    words = (
        "FatalError in inspect: Could not get the data from topology.yml\n"
        "... Start the lab or specify an alternate topology file\n"
    )
    netlab.answer("inspect-nodes", "\n", err=words, code=1)
    with pytest.raises(TransportError, match=r"^Could not get the data from topology\.yml$"):
        await client.inspect(str(tmp_path), "nodes")


async def test_a_folder_that_is_gone(client: NetlabClient, tmp_path: Path) -> None:
    """A lab whose folder was removed is said to be so; that is not a missing netlab."""
    with pytest.raises(TransportError, match="not there any more") as caught:
        await client.inspect(str(tmp_path / "gone"), "nodes")
    assert caught.value.kind == "failed"


async def test_netlab_is_not_installed(netlab: ScriptedNetlab, client: NetlabClient) -> None:
    """Without a netlab everything says that it is missing."""
    netlab.uninstall()
    calls: list[Callable[[], Any]] = [client.version, client.status, client.brief_status]
    for call in calls:
        with pytest.raises(TransportError, match="not installed") as caught:
            await call()
        assert caught.value.kind == "missing"


async def test_a_graph_without_a_file(
    netlab: ScriptedNetlab, client: NetlabClient, tmp_path: Path
) -> None:
    """A graph that ends well and writes nothing has failed; one that writes is read."""
    netlab.answer("graph", "Warning in graph: dot is not installed\n")
    with pytest.raises(TransportError, match="wrote no file"):
        await client.graph(str(tmp_path))
    (netlab.answers / "graph.dot").write_text("graph { r1 -- r2 }\n")
    assert await client.graph(str(tmp_path)) == "graph { r1 -- r2 }\n"


async def test_an_unknown_report(
    netlab: ScriptedNetlab, client: NetlabClient, tmp_path: Path
) -> None:
    """A report that does not exist is refused though netlab ends with 0; so is a strange name."""
    words = 'IncorrectValue in report: Cannot find "nosuch.j2" in any of the directories\n'
    netlab.answer("report", "\n", err=words)
    with pytest.raises(TransportError, match="Cannot find") as caught:
        await client.report(str(tmp_path), "nosuch")
    assert caught.value.kind == "refused"
    for name in ("--help", "../x", "a b", ""):
        with pytest.raises(TransportError, match="not the name of a report"):
            await client.report(str(tmp_path), name)
    assert len(netlab.calls) == 1


async def test_snapshots_are_not_unpickled(
    netlab: ScriptedNetlab, client: NetlabClient, tmp_path: Path
) -> None:
    """The pickle beside a lab is never opened by us: loading it would run what it says."""
    trap = tmp_path / "sprung"

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (trap,)

    (tmp_path / "netlab.snapshot.pickle").write_bytes(pickle.dumps(Trap()))
    netlab.answer("inspect-nodes", {"r1": {"device": "frr"}})
    assert await client.inspect(str(tmp_path), "nodes") == {"r1": {"device": "frr"}}
    assert not trap.exists()


async def test_moving_is_seen_in_the_processes(client: NetlabClient, tmp_path: Path) -> None:
    """A netlab that changes labs is found among the processes, with the folder it works in."""
    script = tmp_path / "netlab"
    script.write_text("import sys\nprint('up', flush=True)\nsys.stdin.read()\n")
    process = await asyncio.create_subprocess_exec(
        "python3", str(script), "down", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, cwd=tmp_path,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        assert await client.changing() & {str(tmp_path), SOMEWHERE}
    finally:
        process.kill()
        await process.wait()
    assert str(tmp_path) not in await client.changing()


def test_nodes_and_machines() -> None:
    """What the topology calls a node and what the provider calls it are kept apart."""
    document = {
        "dir": "/srv/lab",
        "topology": "topology.yml",
        "nodes": {
            "r1": {
                "device": "frr", "image": "quay.io/frr", "mgmt": "192.168.121.101",
                "connection": "docker", "provider": "clab", "provider_name": "clab-demo-r1",
                "status": "Up 2 minutes (healthy)",
            },
            "r2": {"device": "frr", "provider": "clab", "status": "Unknown"},
            "graphite": {"device": "(tool)", "status": "Not running"},
        },
    }  # fmt: skip
    r1, r2, tool = wire.read_instance(document).nodes or ()
    assert (r1.name, r1.machine, r1.address) == ("r1", "clab-demo-r1", "192.168.121.101")
    assert (r2.status, r2.machine) == (None, "")
    assert tool.is_tool
    assert not r1.is_tool


def test_a_lab_that_is_not_started() -> None:
    """A lab that is not started has no nodes to tell, and says why."""
    document = {"error": "Lab is not started, cannot display node/tool status"}
    assert wire.read_instance(document) == wire.InstanceStatus(None, "", "it is not started")


def test_addresses_of_links() -> None:
    """An address may be text, `true` for unnumbered, or absent; strange ends are passed over."""
    document = [
        {
            "_linkname": "links[1]", "type": "p2p",
            "interfaces": [
                {"node": "r1", "ifname": "eth1", "ipv4": "10.0.0.1/30"},
                {"node": "r2", "ifname": "eth1", "ipv4": True},
                {"node": "r3", "ifname": "eth1", "ipv6": "2001:db8::1/64"},
                "nonsense",
            ],
        },
        {"interfaces": [{"node": "r1"}]},
    ]  # fmt: skip
    first, second = inspection.links_of(document)
    assert [end.address for end in first.ends] == ["10.0.0.1/30", "unnumbered", "2001:db8::1/64"]
    assert (second.name, second.ends[0].address) == ("links[2]", "")


def test_documents_of_the_wrong_shape() -> None:
    """A document of another shape is unreadable, not empty."""
    with pytest.raises(TransportError):
        wire.read_instance("nonsense")
