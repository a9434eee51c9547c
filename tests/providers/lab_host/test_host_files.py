"""What a run left on a lab host is found by glob and by name, and nothing outside its folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.lab_host_actions import kept_globs, netlab_words
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.integrations.ssh.run_folder import MOST_BYTES, RunFolder
from skyforge_tui.ports.work_files import WorkFile
from skyforge_tui.providers.artifacts.host_files import HostWorkFiles
from tests.lab_hosts import access_to, served_host


@pytest.fixture
async def files() -> AsyncIterator[tuple[HostWorkFiles, Path]]:
    """Give the files of a host, and the folder of a run there, with something to steal beside."""
    async with served_host() as host:
        ssh = SshHost(access_to(host), Nobody())
        work = host.home / "labs of mine" / "it's"
        (work / "configs" / "deep").mkdir(parents=True)
        for name in ("configs/leaf1.cfg", "configs/l 2.cfg", "configs/deep/x.cfg", "notes.txt"):
            (work / name).write_text(name)
        (host.home / "secret").write_text("secret")
        (work / "configs" / "link.cfg").symlink_to(host.home / "secret")
        (work / "out").symlink_to(host.home)
        yield HostWorkFiles("labhost", RunFolder(ssh)), work
        await ssh.aclose()


async def test_what_is_found(files: tuple[HostWorkFiles, Path]) -> None:
    """A wildcard finds files, no links; a path finds its file; what leads out is refused."""
    host, work = files
    large = work / "configs" / "large.cfg"
    large.touch()
    with large.open("r+b") as file:
        file.truncate(MOST_BYTES + 1)
    named = ("notes.txt", "../../secret", "none.txt", "configs/link.cfg", "configs",
             str(work / "notes.txt"), "out/secret", "/etc/passwd")  # fmt: skip
    found = await host.find(str(work), ("configs/*", "out/*"), named)
    assert [(one.path, one.size) for one in found.files] == [
        ("configs/deep/x.cfg", 18), ("configs/l 2.cfg", 15), ("configs/leaf1.cfg", 17),
        ("notes.txt", 9),
    ]  # fmt: skip
    refused = {one.path: one.reason for one in found.refusals}
    assert refused.pop("configs/large.cfg").startswith("it is larger than 16 MiB")
    assert refused == {
        "../../secret": "it leads out of the working directory", "none.txt": "it is not there",
        "configs/link.cfg": "it is a link", "configs": "it is no regular file",
        "out/secret": "it leads out of the working directory",
        "/etc/passwd": "it leads out of the working directory",
    }  # fmt: skip


async def test_what_is_read(files: tuple[HostWorkFiles, Path]) -> None:
    """A file is read as large as it was found; one that became a link meanwhile is not."""
    host, work = files
    found = await host.find(str(work), ("configs/*",), ())
    (leaf,) = (one for one in found.files if one.path == "configs/leaf1.cfg")

    def read(file: WorkFile) -> bytes:
        return b"".join(host.read(str(work), file))

    assert await asyncio.to_thread(read, leaf) == b"configs/leaf1.cfg"
    (work / leaf.target).unlink()
    (work / leaf.target).symlink_to(work / "notes.txt")
    with pytest.raises(Invalid, match="no longer what it was"):
        await asyncio.to_thread(read, leaf)
    (work / "configs").rename(work / "before")
    (work / "configs").symlink_to(work.parent.parent)
    (work.parent.parent / "leaf1.cfg").write_text("secret")
    with pytest.raises(Invalid, match="no longer what it was"):
        await asyncio.to_thread(read, leaf)
    gone = await host.find(str(work / "nowhere"), ("configs/*",), ())
    assert [one.reason for one in gone.refusals] == ["the working directory is gone"]


def test_what_is_collected() -> None:
    """Where netlab is told to put configurations is where they are looked for."""
    words = netlab_words("topology.yml", {"action": "collect"})
    assert f"{words[-1]}/*" == kept_globs("netlab", "collect")[0]
    assert kept_globs("netlab", "up") == kept_globs("containerlab", "save") == ()
