"""`skyforge artifacts` lists, gets, puts, copies and removes; runs leave things there, for real."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.cli.headless import Headless
from tests.worktrees import write

LEAVES = """
[[templates]]
name = "leaves"
artifacts = ["out/*"]
command = ["sh", "-c", '''
mkdir -p out; echo cfg > out/leaf1.cfg; ln -sf /etc/passwd out/evil.cfg; echo extra > extra.txt
echo SKYFORGE_ARTIFACT extra=extra.txt; echo SKYFORGE_ARTIFACT bad=../../secret
echo SKYFORGE_OUTPUT bgp=up
''']
"""
OURS = "artifacts/leaving/1"


@pytest.fixture
def leaving(sky: Headless) -> Headless:
    """Return a workspace with a trusted project whose template leaves files behind."""
    project = sky.workspace / "leaving"
    write(project, {"skyforge.toml": LEAVES})
    (sky.workspace.parent / "secret").write_text("secret")
    assert sky("trust", project).code == 0
    return sky


def test_a_run_leaves_artifacts(leaving: Headless) -> None:
    """When a launch has waited, what it declared is there; what leads out is refused and said."""
    done = leaving("runs", "launch", "leaves", "--wait")
    assert done.code == 0
    assert "not everything was kept" in done.err
    listed = leaving("artifacts", "ls", OURS, "-r", "--json").json
    assert [one["key"] for one in listed["artifacts"]] == [
        f"{OURS}/extra.txt", f"{OURS}/manifest.json", f"{OURS}/out/leaf1.cfg",
    ]  # fmt: skip
    assert leaving("artifacts", "get", f"{OURS}/extra.txt", "-o", "-").out == b"extra\n"
    manifest = json.loads(leaving("artifacts", "get", f"{OURS}/manifest.json", "-o", "-").out)
    assert {one["path"] for one in manifest["refused"]} == {"../../secret", "out/evil.cfg"}
    assert manifest["markers"][-1] == {"kind": "output", "name": "bgp", "value": "up"}


def test_nobody_was_looking(leaving: Headless) -> None:
    """What a run left that ended without us is there when somebody asks."""
    number = leaving("runs", "launch", "leaves", "--json").json["number"]
    leaving("runs", "logs", "-f", number)
    assert f"{OURS}/manifest.json" in leaving("artifacts", "ls", OURS).text


def test_the_way_back_survives(leaving: Headless) -> None:
    """Without any cache an artifact leads to its run and its line; without that, to its words."""
    cache = leaving.state.parents[1] / "cache"
    assert leaving("runs", "launch", "leaves", "--wait").code == 0
    key = f"{OURS}/extra.txt"
    before = leaving("artifacts", "show", key, "--json").json
    assert (before["run"]["id"], before["run"]["is_known"]) == ("local:1", True)
    shutil.rmtree(cache)
    indexed = leaving("artifacts", "index", "--json").json
    assert (indexed["runs"], indexed["unreadable"]) == (1, [])
    assert leaving("artifacts", "show", key, "--json").json == before
    line = leaving("runs", "logs", "1", "--grep", "extra.txt")
    assert b"SKYFORGE_ARTIFACT extra=extra.txt" in line.out
    shutil.rmtree(leaving.state / "runs")
    shutil.rmtree(cache)
    done = leaving("artifacts", "show", OURS, "--json")
    assert done.code == 0, done.err
    told = done.json["run"]
    assert (told["id"], told["is_known"], told["template"]) == ("local:1", False, "leaves")
    assert told["command"] == before["run"]["command"]
    told = leaving("artifacts", "show", key).text
    assert "its manifest tells" in told
    for at in (before["written"], before["run"]["created_at"]):
        assert f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S}\n" in told


CHANGES = '''
[[templates]]
name = "changes"
artifacts = ["out/*"]
command = ["sh", "-c", """
mkdir -p out; rm -f out/*
echo 1 > out/same; echo $1 > out/$2; echo $1 > out/it; exit $3
""", "sh", "{word}", "{name}", "{code}"]
survey = [{ name = "word" }, { name = "name" }, { name = "code" }]
'''


def test_compare(sky: Headless) -> None:
    """What a run left is compared with the last good run before it, or with a named one."""
    project = sky.workspace / "changing"
    write(project, {"skyforge.toml": CHANGES})
    assert sky("trust", project).code == 0
    for word, name, code in (("a", "old", "0"), ("b", "bad", "3"), ("b", "new", "0")):
        answers = ("-v", f"word={word}", "-v", f"name={name}", "-v", f"code={code}")
        sky("runs", "launch", "changes", "--wait", *answers)
    found = sky("artifacts", "compare", "3", "--json").json
    assert found == {
        "run": "local:3", "with": "local:1", "gone": ["out/old"],
        "artifacts": {"out/it": "changed", "out/new": "new", "out/same": "same"},
    }  # fmt: skip
    assert sky("artifacts", "compare", "3", "--with", "2", "--json").json["artifacts"] == {
        "out/it": "same", "out/new": "new", "out/same": "same"
    }  # fmt: skip
    assert sky("artifacts", "compare", "1").code == 5
    assert "out/old   gone" in sky("artifacts", "compare", "3").text


def test_put_get_copy_remove(sky: Headless, tmp_path: Path) -> None:
    """A file goes in, comes out, is doubled and removed; each answer is one JSON object."""
    file = tmp_path / "plan.bin"
    file.write_bytes(os.urandom(10 << 20))
    put = sky("artifacts", "put", file, "mine/plan.bin", "--json")
    assert (put.code, put.json["key"], put.json["size"]) == (0, "mine/plan.bin", 10 << 20)
    assert sky("artifacts", "get", "mine/plan.bin", "-o", tmp_path / "back").code == 0
    assert (tmp_path / "back").read_bytes() == file.read_bytes()
    assert sky("artifacts", "cp", "mine/plan.bin", "mine/b", "--json").json["key"] == "mine/b"
    gone = {"removed": ["mine/plan.bin"], "failed": {}, "dry_run": False}
    assert sky("artifacts", "rm", "mine/plan.bin", "--json").json == gone
    assert sky("artifacts", "ls", "mine", "--json").json["artifacts"][0]["key"] == "mine/b"
    for keys, code in ((("none",), 5), (("none", "mine/b"), 1)):
        done = sky("artifacts", "rm", *keys, "--json")
        assert (done.code, done.json["removed"]) == (code, list(keys[1:]))
        assert list(done.json["failed"]) == ["none"]
        assert "no artifact none" in done.err


def test_a_folder_comes(sky: Headless, tmp_path: Path) -> None:
    """All below a prefix is brought as it lies there; what is there stays, what fails is listed."""
    for key in ("mine/plan/a", "mine/plan/sub/b", "mine/planned"):
        sky("artifacts", "put", "-", key, stdin=key.encode())
    done = sky("artifacts", "get", "-r", "mine/plan", "-o", tmp_path, "--json")
    assert (done.code, done.json["done"]) == (0, ["mine/plan/a", "mine/plan/sub/b"])
    assert (tmp_path / "plan" / "sub" / "b").read_bytes() == b"mine/plan/sub/b"
    assert sorted(one.name for one in (tmp_path / "plan").iterdir()) == ["a", "sub"]
    (tmp_path / "plan" / "a").unlink()
    again = sky("artifacts", "get", "-r", "mine/plan", "-o", tmp_path)
    assert (again.code, again.text.split(";")[0]) == (0, "brought 1, 1 were there already")
    noted = tmp_path / "noted"
    noted.mkdir()
    (noted / "plan").symlink_to(tmp_path)
    assert sky("artifacts", "get", "-r", "mine/plan", "-o", noted, "--json").json["done"] == []
    for words in (("get", "mine/plan"), ("cp", "mine/plan", "x")):
        alone = sky("artifacts", *words)
        assert (alone.code, "plan is a folder" in alone.err, "-r takes all" in alone.err) == (
            2, True, True,
        )  # fmt: skip
    assert sky("artifacts", "get", "-r", "mine/none").code == 5
    for nowhere in (tmp_path / "nowhere", "-"):
        lost = sky("artifacts", "get", "-r", "mine/plan", "-o", nowhere)
        assert (lost.code, lost.err.count("there is no folder"), lost.out) == (5, 1, b"")
    assert sky("artifacts", "cp", "-r", "mine/none", "x").code == 5


def test_standard_input(sky: Headless) -> None:
    """What is piped in is stored, and comes out as it was."""
    assert sky("artifacts", "put", "-", "a", stdin=b"\0\xff\r\n").code == 0
    assert sky("artifacts", "get", "a", "-o", "-").out == b"\0\xff\r\n"


def test_levels(sky: Headless) -> None:
    """A listing is one level; folders end in a slash."""
    for key in ("a/1", "a/b/2", "c"):
        sky("artifacts", "put", "-", key)
    assert [row.split()[0] for row in sky("artifacts", "ls").text.splitlines()[1:]] == ["a/", "c"]
    document = sky("artifacts", "ls", "a/", "--json").json
    assert document["folders"] == ["a/b"]
    assert [one["key"] for one in document["artifacts"]] == ["a/1"]
    assert (document["store"], document["prefix"]) == ("local", "a")


def test_empty_store(stranger: Headless) -> None:
    """A store without anything lists nothing and is no failure."""
    done = stranger("artifacts", "ls", "--json")
    assert (done.code, done.json["folders"], done.json["artifacts"]) == (0, [], [])


@pytest.mark.parametrize(
    "arguments",
    [("ls", "../x"), ("get", "a/../../x"), ("put", "-", "/etc/x"), ("rm", "a//b"),
     ("cp", "a", "../b"), ("cp", "../a", "b"), ("put", "-", "")],
)  # fmt: skip
def test_keys_stay_inside(sky: Headless, arguments: tuple[str, ...]) -> None:
    """A key that climbs out is a wrong request: exit 2, and why."""
    done = sky("artifacts", *arguments)
    assert (done.code, done.out) == (2, b"")
    assert "is no key" in done.err


@pytest.mark.parametrize(
    "arguments",
    [("ls", "none"), ("get", "none"), ("rm", "none"), ("cp", "none", "b"),
     ("put", "/no/such/file", "b"), ("ls", "--store", "none")],
)  # fmt: skip
def test_missing(sky: Headless, arguments: tuple[str, ...]) -> None:
    """What is not there exits 5."""
    assert sky("artifacts", *arguments).code == 5


def test_nothing_is_overwritten(sky: Headless, tmp_path: Path) -> None:
    """What is there stays unless somebody says otherwise: exit 4."""
    assert sky("artifacts", "put", "-", "a", stdin=b"1").code == 0
    assert sky("artifacts", "put", "-", "a", stdin=b"2").code == 4
    assert sky("artifacts", "cp", "a", "a").code == 4
    for more in ((), ("--overwrite",)):
        done = sky("artifacts", "mv", "a", "a", *more)
        assert (done.code, "choose another key" in done.err) == (4, True)
    (tmp_path / "file").write_text("mine")
    assert sky("artifacts", "get", "a", "-o", tmp_path / "file").code == 4
    assert (tmp_path / "file").read_text() == "mine"
    assert sky("artifacts", "get", "a", "-o", "-").out == b"1"
    assert sky("artifacts", "put", "-", "a", "--overwrite", stdin=b"3").code == 0
    assert sky("artifacts", "get", "a", "-o", "-").out == b"3"


def test_only_files_are_put(sky: Headless, tmp_path: Path) -> None:
    """A folder or a pipe is not stored."""
    os.mkfifo(tmp_path / "pipe")
    assert sky("artifacts", "put", tmp_path, "a").code == 2
    assert sky("artifacts", "put", tmp_path / "pipe", "a").code == 2


def test_a_directory_of_ones_own(sky: Headless, tmp_path: Path) -> None:
    """The configuration says where artifacts are kept."""
    config = tmp_path / "config.toml"
    config.write_text(f'[artifacts]\ndirectory = "{tmp_path / "elsewhere"}"\n')
    assert sky("--config", config, "artifacts", "put", "-", "a/b", stdin=b"x").code == 0
    assert (tmp_path / "elsewhere/a/b").read_bytes() == b"x"
