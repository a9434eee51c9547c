"""Files that come are whole under their name or not there, and what was begun is gone on with."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, Unavailable
from skyforge_tui.providers.artifacts.local_files import LocalArtifactFiles

FILES = LocalArtifactFiles()


def parts(folder: Path) -> list[Path]:
    """Return what is on its way there."""
    return sorted(folder.glob(".*.part"))


def names(folder: Path) -> list[str]:
    """Return what is there, hidden or not."""
    return sorted(one.name for one in folder.iterdir())


async def test_a_file_appears_at_once(tmp_path: Path) -> None:
    """Until all its bytes are there a file has no name; then nothing else is left."""
    part = await FILES.begin(tmp_path / "a.cfg", "1", overwrite=False)
    await part.write(b"hel")
    assert not (tmp_path / "a.cfg").exists()
    await part.write(b"lo")
    await part.finish()
    await part.aclose()
    assert (tmp_path / "a.cfg").read_bytes() == b"hello"
    assert part.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert names(tmp_path) == ["a.cfg"]


async def test_it_goes_on_with_the_same_version(tmp_path: Path) -> None:
    """What was broken off is gone on with; another version begins anew."""
    part = await FILES.begin(tmp_path / "a", "1", overwrite=False)
    await part.write(b"hel")
    await part.aclose()
    other = await FILES.begin(tmp_path / "a", "2", overwrite=False)
    assert other.size == 0
    await other.discard()
    await other.aclose()
    part = await FILES.begin(tmp_path / "a", "1", overwrite=False)
    assert part.size == 3
    await part.write(b"lo")
    assert part.sha256 == hashlib.sha256(b"hello").hexdigest()
    await part.finish()
    await part.aclose()
    assert (tmp_path / "a").read_bytes() == b"hello"


async def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    """Not what was there, not what came to be there meanwhile, not a link to nowhere."""
    target = tmp_path / "a"
    part = await FILES.begin(target, "1", overwrite=False)
    await part.write(b"mine")
    target.write_text("theirs")
    with pytest.raises(Conflict, match="already"):
        await part.finish()
    await part.aclose()
    assert target.read_text() == "theirs"
    target.unlink()
    target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Conflict):
        await FILES.begin(target, "1", overwrite=False)
    assert not (tmp_path / "nowhere").exists()


async def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """Where replacing was said, the link itself goes; what it led to stays."""
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "a").symlink_to(tmp_path / "secret")
    part = await FILES.begin(tmp_path / "a", "1", overwrite=True)
    await part.write(b"new")
    await part.finish()
    await part.aclose()
    assert (tmp_path / "secret").read_text() == "secret"
    assert (tmp_path / "a").read_text() == "new"
    assert not (tmp_path / "a").is_symlink()


@pytest.mark.parametrize("overwrite", [False, True])
async def test_what_others_use_is_never_replaced(tmp_path: Path, overwrite: bool) -> None:
    """A pipe, as a socket or a device, and a folder stay what they are, whatever was said."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    for name, why in (("pipe", "no regular file"), ("folder", "a folder"), ("link", "a folder")):
        with pytest.raises(Conflict, match=f"{name} is {why}") as caught:
            await FILES.begin(tmp_path / name, "1", overwrite=overwrite)
        assert caught.value.advice.startswith("name a file")
    assert (tmp_path / "pipe").is_fifo()
    assert names(tmp_path) == ["folder", "link", "pipe"]


async def test_a_planted_part(tmp_path: Path) -> None:
    """A link or a second name in the place of what was begun is not written through."""
    part = await FILES.begin(tmp_path / "a", "1", overwrite=False)
    await part.aclose()
    (path,) = parts(tmp_path)
    (tmp_path / "victim").write_text("victim")
    for plant in (path.symlink_to, path.hardlink_to):
        path.unlink()
        plant(tmp_path / "victim")
        with pytest.raises((Conflict, Unavailable)):
            await FILES.begin(tmp_path / "a", "1", overwrite=False)
    assert (tmp_path / "victim").read_text() == "victim"


async def test_only_one_brings_it(tmp_path: Path) -> None:
    """A second program that brings the same is told so."""
    part = await FILES.begin(tmp_path / "a", "1", overwrite=False)
    with pytest.raises(Conflict, match="another program"):
        await FILES.begin(tmp_path / "a", "1", overwrite=False)
    await part.aclose()


async def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is told with its place; what had come is kept, and the retry goes on."""
    part = await FILES.begin(tmp_path / "a", "1", overwrite=False)
    await part.write(b"hel")

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(Unavailable, match="no room left") as caught:
            await part.write(b"lo")
    assert "make room" in caught.value.advice
    await part.aclose()
    part = await FILES.begin(tmp_path / "a", "1", overwrite=False)
    assert part.size == 3
    await part.aclose()


async def test_places_that_cannot_be(tmp_path: Path) -> None:
    """Names too long, folders that are not there, folders in the way: each is named.

    Only a name is what keeps nothing else from being written.
    """
    with pytest.raises(Unavailable, match="cannot be written"):
        await FILES.begin(tmp_path / "no" / "a", "1", overwrite=False)
    for overwrite in (False, True):
        with pytest.raises(Invalid, match="of that name cannot be written: file name too long"):
            await FILES.begin(tmp_path / ("x" * 300), "1", overwrite=overwrite)
    (tmp_path / "folder").mkdir()
    with pytest.raises(Conflict, match="folder"):
        await FILES.begin(tmp_path / "folder", "1", overwrite=True)


async def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder, a pipe and nothing at all are not stored, and nobody waits for them."""
    os.mkfifo(tmp_path / "pipe")
    cases = ((tmp_path / "pipe", Invalid), (tmp_path, Invalid), (tmp_path / "no", NotFound))
    for path, error in cases:
        with pytest.raises(error):
            await FILES.size(path)
        with pytest.raises(error):
            next(FILES.read(path))


@pytest.mark.parametrize("overwrite", [False, True])
async def test_the_folder_that_was_chosen_is_kept(tmp_path: Path, overwrite: bool) -> None:
    """A link that comes to be where the folder was leads nothing elsewhere: not a name, no byte."""
    chosen, outside = tmp_path / "chosen", tmp_path / "outside"
    chosen.mkdir()
    outside.mkdir()
    part = await FILES.begin(chosen / "a", "1", overwrite=overwrite)
    await part.write(b"hel")
    chosen.rename(tmp_path / "moved")
    chosen.symlink_to(outside)
    (outside / "a").write_text("theirs")
    await part.write(b"lo")
    await part.finish()
    await part.aclose()
    assert (names(outside), (outside / "a").read_text()) == (["a"], "theirs")
    assert (names(tmp_path / "moved"), (tmp_path / "moved/a").read_text()) == (["a"], "hello")


async def test_killed_between_two_names(tmp_path: Path) -> None:
    """What has its name already does not keep the hidden one when the same is asked for again."""
    part = await FILES.begin(tmp_path / "a", "1", overwrite=False)
    await part.write(b"hello")
    await part.aclose()
    (hidden,) = parts(tmp_path)
    (tmp_path / "a").hardlink_to(hidden)
    with pytest.raises(Conflict, match="already"):
        await FILES.begin(tmp_path / "a", "1", overwrite=False)
    assert names(tmp_path) == ["a"]


async def test_a_folder_that_may_not_be_listed(tmp_path: Path) -> None:
    """Where one may put something but not look, a file comes all the same."""
    box = tmp_path / "box"
    box.mkdir()
    box.chmod(0o300)
    part = await FILES.begin(box / "a", "1", overwrite=False)
    await part.write(b"hello")
    await part.finish()
    await part.aclose()
    assert (box / "a").read_text() == "hello"
    box.chmod(0o700)
    assert names(box) == ["a"]
