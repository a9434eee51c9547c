"""What a run left is found by glob and by name, and nothing outside its directory ever is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.ports.work_files import Finding, WorkFile
from skyforge_tui.providers.artifacts import work_files
from skyforge_tui.providers.artifacts.work_files import LocalWorkFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a working directory, with something to steal beside it."""
    (tmp_path / "secret").write_text("secret")
    work = tmp_path / "work"
    for name in ("out/leaf1.cfg", "out/leaf2.cfg", "out/deep/er/x.json", "top.json", ".env",
                 ".git/config", "out/.hidden"):  # fmt: skip
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(name)
    return work


async def find(folder: Path, *globs: str, paths: tuple[str, ...] = ()) -> Finding:
    """Look for these."""
    return await LocalWorkFiles().find(str(folder), globs, paths)


def paths_of(finding: Finding) -> list[str]:
    """Return the paths that were found."""
    return [one.path for one in finding.files]


@pytest.mark.parametrize(
    ("glob", "found"),
    [
        ("out/*.cfg", ["out/leaf1.cfg", "out/leaf2.cfg"]),
        ("out/leaf[2-9].cfg", ["out/leaf2.cfg"]),
        ("./out//leaf?.cfg", ["out/leaf1.cfg", "out/leaf2.cfg"]),
        ("**/*.json", ["out/deep/er/x.json", "top.json"]),
        ("out/deep", ["out/deep/er/x.json"]),
        ("out/**/x.json", ["out/deep/er/x.json"]),
        ("*", ["out/.hidden", "out/deep/er/x.json", "out/leaf1.cfg", "out/leaf2.cfg", "top.json"]),
        (".env", [".env"]),
        (".e*", [".env"]),
        ("none/*.x", []),
        ("top.json/x", []),
    ],
)
async def test_globs(folder: Path, glob: str, found: list[str]) -> None:
    """A glob finds files, all those in a folder it names, and hidden ones only by name."""
    finding = await find(folder, glob)
    assert paths_of(finding) == found
    assert finding.refusals == ()


async def test_found_once(folder: Path) -> None:
    """What several globs and names find is found once."""
    finding = await find(folder, "**/leaf1.cfg", "out/*", paths=("out/leaf1.cfg", "out"))
    assert len(paths_of(finding)) == len(set(paths_of(finding))) == 4


@pytest.mark.parametrize("glob", ["/etc/*", "../*", "out/../../*"])
async def test_globs_stay_inside(folder: Path, glob: str) -> None:
    """A glob that leads out is refused and said so."""
    finding = await find(folder, glob)
    assert finding.files == ()
    assert [one.path for one in finding.refusals] == [glob]


async def test_links(folder: Path) -> None:
    """A link inside is followed; one that leads out, nowhere or in a circle is refused."""
    (folder / "out/good.cfg").symlink_to("leaf1.cfg")
    (folder / "out/bad.cfg").symlink_to(folder.parent / "secret")
    (folder / "out/lost.cfg").symlink_to("nothing")
    (folder / "out/loop.cfg").symlink_to("loop.cfg")
    (folder / "out/etc").symlink_to("/etc")
    (folder / "circle").symlink_to(folder)
    finding = await find(folder, "out/*.cfg", "**/hostname", "circle/*")
    assert paths_of(finding) == ["out/good.cfg", "out/leaf1.cfg", "out/leaf2.cfg"]
    assert finding.files[0].target == "out/leaf1.cfg"
    assert {one.path: one.reason for one in finding.refusals} == {
        "out/bad.cfg": "it leads out of the working directory",
        "out/lost.cfg": "it leads nowhere",
        "out/loop.cfg": "it is no regular file",
    }


async def test_names(folder: Path) -> None:
    """A name is relative or absolute, and is resolved before it is believed."""
    (folder / "link").symlink_to(folder.parent)
    inside = str(folder / "top.json")
    finding = await find(
        folder,
        paths=(inside, "out/deep", "../secret", "/etc/hosts", "link/secret", "none", "out/../.env"),
    )
    assert paths_of(finding) == [".env", "out/deep/er/x.json", "top.json"]
    assert [one.path for one in finding.refusals] == [
        "../secret", "/etc/hosts", "link/secret", "none",
    ]  # fmt: skip


async def test_no_regular_files(folder: Path) -> None:
    """A pipe is refused without being opened."""
    os.mkfifo(folder / "out/pipe")
    finding = await find(folder, "out/pipe", paths=("out/pipe",))
    assert finding.files == ()
    assert [one.reason for one in finding.refusals] == ["it is no regular file"]


async def test_gone(folder: Path) -> None:
    """A directory that is gone is said to be."""
    finding = await find(folder / "nowhere", "*")
    assert [one.reason for one in finding.refusals] == ["the working directory is gone"]


async def test_endless(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more names than anybody wants the rest is left out, and that is said."""
    monkeypatch.setattr(work_files, "MOST_ENTRIES", 20)
    for number in range(40):
        (folder / f"f{number}").touch()
    finding = await find(folder, "**")
    assert len(finding.files) <= 20
    assert "more than" in finding.refusals[-1].reason


def test_read(folder: Path) -> None:
    """A file is read as far as it went when it was found."""
    (folder / "top.json").write_text("0123456789")
    read = LocalWorkFiles().read
    assert b"".join(read(str(folder), WorkFile("top.json", "top.json", 4))) == b"0123"
    assert b"".join(read(str(folder), WorkFile("top.json", "top.json", 99))) == b"0123456789"


@pytest.mark.parametrize("target", ["gone", "link", "linked/secret", "pipe", "out"])
def test_replaced_meanwhile(folder: Path, target: str) -> None:
    """What became a link, a pipe or nothing since it was found is not read."""
    (folder / "link").symlink_to(folder.parent / "secret")
    (folder / "linked").symlink_to(folder.parent)
    os.mkfifo(folder / "pipe")
    with pytest.raises(Invalid):
        list(LocalWorkFiles().read(str(folder), WorkFile(target, target, 10)))
