"""Real Ansible runs through the local engine, kept byte for byte."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from skyforge_tui.domain.run import RunDetail, RunState
from skyforge_tui.ports.run_engine import OutputSeen, RunSeen, WatchBegan
from skyforge_tui.providers.runs.local import LocalRunEngine
from skyforge_tui.store.run_directories import FileRunDirectories
from tests.builders import a_spec

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

PLAYBOOK = """
- name: check the fabric
  hosts: all
  gather_facts: false
  tasks:
    - name: say hello
      ansible.builtin.debug:
        msg: "hello from {{ inventory_hostname }} – grüße"
    - name: insist
      ansible.builtin.assert:
        that: inventory_hostname != unlucky
    - name: carry on
      ansible.builtin.command: echo done
"""

RECORDER = """
import os, pty, sys
copy = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

def read(master):
    data = os.read(master, 65536)
    os.write(copy, data)
    return data

sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[2:], read)))
"""
"""Runs a command on a terminal of its own, passing its bytes on and keeping a copy of them."""

READER = """
import sys
from skyforge_tui.store.logs import FileLogStore
from pathlib import Path
reader = FileLogStore(Path(sys.argv[1])).open(sys.argv[2])
while reader.refresh():
    pass
for line in reader.lines(0, reader.line_count):
    sys.stdout.buffer.write(line.data + b"\\n")
"""


@pytest.fixture
def base() -> Iterator[Path]:
    """Return a directory with a playbook and an inventory of three hosts on this machine."""
    with tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True) as name:
        base = Path(name)
        (base / "site.yml").write_text(PLAYBOOK)
        (base / "hosts").write_text(
            "leaf1\nleaf2\nspine1\n[all:vars]\nansible_connection=local\n"
            f"ansible_python_interpreter={sys.executable}\n"
        )
        yield base


async def play(base: Path, ansible: Path, unlucky: str) -> tuple[RunDetail, bytes, bytes]:
    """Run the playbook; return the run, the stored bytes and the recorder's copy."""
    playbook = (ansible, "-i", "hosts", "-e", f"unlucky={unlucky}", "site.yml")
    spec = a_spec(
        command=(sys.executable, "-c", RECORDER, str(base / "copy"), *map(str, playbook)),
        directory=str(base),
        environment={"ANSIBLE_FORCE_COLOR": "1", "ANSIBLE_LOCALHOST_WARNING": "0"},
    )
    engine = LocalRunEngine(FileRunDirectories(base / "state"), start_timeout_s=100)
    async with aclosing(engine.watch()) as events:
        assert await anext(events) == WatchBegan()
        started = await engine.start(spec, {})
        async for event in events:
            assert isinstance(event, (RunSeen, OutputSeen))
            assert event.run_id == started.id
            (detail,) = (await engine.fetch([started.id])).runs
            if detail.run.state.is_final:
                break
    stored = (base / "state" / "runs" / str(started.number) / "output.log").read_bytes()
    return detail, stored, (base / "copy").read_bytes()


async def test_a_playbook_succeeds_and_every_byte_is_kept(
    base: Path, real_program: Callable[[str], Path]
) -> None:
    """A playbook that is fine on three hosts succeeds, stored exactly as it was written."""
    detail, stored, copy = await play(base, real_program("ansible-playbook"), "nobody")
    assert (detail.run.state, detail.run.exit_code, detail.run.note) == (RunState.SUCCESS, 0, "")
    assert stored == copy
    assert b"\x1b[0;32m" in stored
    assert "hello from spine1 – grüße".encode() in stored
    assert stored.count(b"failed=0") == 3


async def test_one_failing_host_fails_the_run(
    base: Path, real_program: Callable[[str], Path]
) -> None:
    """One host of three failing makes the run an error with Ansible's code, byte for byte."""
    detail, stored, copy = await play(base, real_program("ansible-playbook"), "leaf2")
    assert (detail.run.state, detail.run.exit_code) == (RunState.ERROR, 2)
    assert stored == copy
    assert stored.count(b"failed=0") == 2
    assert b"fatal: [leaf2]" in stored
    assert detail.use is not None
    assert detail.use.user_s > 0
    assert read_elsewhere(base / "state", detail.run.number) == copy


def read_elsewhere(state: Path, number: int) -> bytes:
    """Return the run's output as a fresh process reads it, line by line."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", READER, str(state), str(number)]
    return subprocess.run(command, capture_output=True, check=True, cwd=root).stdout
