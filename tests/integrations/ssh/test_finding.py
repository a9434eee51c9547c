"""Finding files on a host: by a real shell, whatever folders and files are called."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.integrations.ssh import finding
from skyforge_tui.integrations.ssh.finding import find_files
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from tests.ssh_servers import Home, Server


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[SshHost]:
    """Return a host whose home folder is `tmp_path / "home"`."""
    (tmp_path / "home").mkdir()
    home = Home(tmp_path)
    async with Server(tmp_path / "home", [home.make_key()]).serving() as server:
        home.known.write_text(server.known_line())
        host = SshHost(home.access(server.port), Nobody())
        yield host
        await host.aclose()


def write(base: Path, *names: str, text: str = "x: 1\n") -> None:
    """Write files below a folder."""
    for name in names:
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(text)


async def test_folders_are_never_orders(tmp_path: Path, host: SshHost) -> None:
    """A folder called like an order of `find`, or like shell code, is a folder below the home."""
    home = tmp_path / "home"
    write(home, "keep.yml", "labs/a.yml")
    odd = ["-delete", "-exec touch made {} +", "$(touch made)", "!", "(", "a'b\"c", "-L", "no such"]
    for name in odd[:-1]:
        write(home, f"{name}/in.yml")
    found = await find_files(host, [*odd, "labs", "~/labs"], "*.yml", 1)
    assert {Path(one).parent.name for one in found.files} == {*odd[:-1], "labs"}
    assert all(one.startswith(f"{home}/") for one in found.files)
    assert (home / "keep.yml").exists()
    assert not list(home.rglob("made"))
    assert (await find_files(host, [str(home)], "*.yml", 1)).files.keys() == {f"{home}/keep.yml"}


async def test_names_that_lead_elsewhere(tmp_path: Path, host: SshHost) -> None:
    """A line feed in a name leads to no other file; what is hidden, linked or a pipe is none."""
    home = tmp_path / "home"
    write(tmp_path, "secret.yml", text="secret: 1\n")
    write(home, f"x\n{tmp_path}/secret.yml", ".hidden/a.yml", ".b.yml", "-rf.yml", "two.yml")
    (home / "link.yml").symlink_to(tmp_path / "secret.yml")
    os.mkfifo(home / "pipe.yml")
    (home / os.fsdecode(b"od\xff.yml")).write_text("x: 1\n")
    found = await find_files(host, ["~"], "*.yml", 9)
    assert {Path(one).name for one in found.files} == {"-rf.yml", "two.yml"}
    assert found.unnamed == 1
    hidden = await find_files(host, ["~/.hidden"], "*.yml", 1)  # somebody asked for it
    assert [Path(one).name for one in hidden.files] == ["a.yml"]


async def test_what_is_too_large_is_told(
    tmp_path: Path, host: SshHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file beyond the bound of one or of all is named with its size, if it is what is sought."""
    monkeypatch.setattr(finding, "MOST_BYTES", 1000)
    monkeypatch.setattr(finding, "MOST_IN_ALL", 1500)
    home = tmp_path / "home"
    write(home, "big.yml", text="name: x\n" + "#" * 2000 + "\nnodes: [a]\n")
    write(home, "other.yml", text="#" * 2000)
    for name in ("a.yml", "b.yml"):
        write(home, name, text="nodes: [a]\n" + "#" * 900)
    found = await find_files(host, ["~"], "*.yml", 1, telling="^nodes[[:space:]]*:")
    assert found.large.pop(f"{home}/big.yml") == 2020  # type: ignore[attr-defined]
    assert sorted([*found.files, *found.large]) == [f"{home}/a.yml", f"{home}/b.yml"]
    assert len(found.files) == 1


async def test_bytes_come_as_they_are(tmp_path: Path, host: SshHost) -> None:
    """Files of any bytes, empty ones too, arrive whole and in their own names."""
    home = tmp_path / "home"
    contents = {"a b.yml": b"\0\0-5\0\xff\n", "empty.yml": b"", "ünï.yml": b"x" * 100_000}
    for name, data in contents.items():
        (home / name).write_bytes(data)
    found = await find_files(host, ["~"], "*.yml", 1)
    assert {Path(one).name: data for one, data in found.files.items()} == contents
    assert (found.home, found.large) == (str(home), {})
