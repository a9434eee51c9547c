"""Artifacts in a bucket and in the directory, without the screen: moved, verified, lent, killed."""

from __future__ import annotations

import hashlib
import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.headless import Headless, ended
from tests.object_stores import ACCESS, SECRET, S3Service, rclone, rclone_program

KEYS = {"SECRET": SECRET}
BIG = 24 << 20


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Service]:
    """Serve S3 by rclone, with a bucket."""
    folder = tmp_path_factory.mktemp("rclone")
    (folder / "labs").mkdir()
    with rclone(rclone_program(), folder) as service:
        yield service


@pytest.fixture
def sky(stranger: Headless, service: S3Service) -> Headless:
    """Return a person who has a bucket."""
    config = stranger.base / "config" / "skyforge" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        f'[s3.lab]\nbucket = "labs"\nprefix = "{stranger.base.name}"\n'
        f'endpoint = "{service.url}"\naccess_key_id = "{ACCESS}"\nsecret_key = "env:SECRET"\n'
    )
    stranger.environ.update(KEYS)
    return stranger


DYING = """
import importlib, os, signal, sys
from skyforge_tui.cli import run
module, owner, name = sys.argv[1].split(":")
module = importlib.import_module(f"skyforge_tui.{module}")
owner = getattr(module, owner) if owner else module
done = getattr(owner, name)

def last(*arguments):
    done(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, name, last)
sys.exit(run(sys.argv[2:]))
"""


def killed(sky: Headless, step: str, *arguments: object, stdin: bytes = b"") -> None:
    """Run a command that ends behind a step as the kernel ends it when memory runs out.

    `step` is `module:class:function`; it is taken once.
    """
    process = sky.process(*arguments, program=("-c", DYING, step))
    assert ended(process, stdin).code == -signal.SIGKILL


def test_between_stores(sky: Headless, tmp_path: Path) -> None:
    """One word says which store; copies and moves keep bytes and checksum."""
    (tmp_path / "file").write_bytes(b"hello")
    assert sky("artifacts", "put", tmp_path / "file", "notes/a.txt").code == 0
    assert sky("artifacts", "cp", "notes/a.txt", "lab:notes/a.txt").code == 0
    assert sky("artifacts", "cp", "notes/a.txt", "lab:notes/a.txt").code == 4
    assert sky("artifacts", "mv", "lab:notes/a.txt", "lab:notes/b.txt").code == 0
    assert sky("artifacts", "get", "lab:notes/a.txt", "-o", "-").code == 5
    assert sky("artifacts", "get", "lab:notes/b.txt", "-o", "-").out == b"hello"
    assert sky("artifacts", "put", "-", "lab:notes/c.txt", stdin=b"piped").code == 0
    verified = sky("artifacts", "verify", "lab:notes", "--json").json
    assert [(one["key"], one["is"]) for one in verified["artifacts"]] == [
        ("notes/b.txt", "sound"), ("notes/c.txt", "sound"),
    ]  # fmt: skip
    found = sky("artifacts", "find", "B.TXT", "lab:", "--json").json
    assert [one["key"] for one in found["artifacts"]] == ["notes/b.txt"]
    address = sky("artifacts", "url", "lab:notes/c.txt", "--lasts", "5m", "--json").json
    assert urllib.request.urlopen(address["url"]).read() == b"piped"
    assert SECRET not in address["url"]
    assert sky("artifacts", "url", "notes/a.txt").code == 2
    counted = sky("artifacts", "rm", "-r", "lab:notes", "--dry-run", "--json").json
    assert (counted["count"], counted["bytes"]) == (2, 10)
    assert sky("artifacts", "rm", "-r", "lab:notes").code == 2  # nobody is there to ask
    assert sky("artifacts", "rm", "-r", "lab:notes", "--yes").code == 0
    assert sky("artifacts", "ls", "lab:notes").code == 5


def test_what_was_tampered_with(sky: Headless, service: S3Service, tmp_path: Path) -> None:
    """Bytes that were changed behind one's back are found, and never become a file."""
    (tmp_path / "file").write_bytes(b"hello")
    assert sky("artifacts", "put", tmp_path / "file", "lab:notes/a.txt").code == 0
    assert service.folder is not None
    (service.folder / "labs" / sky.base.name / "notes/a.txt").write_bytes(b"tampered")
    got = sky("artifacts", "get", "lab:notes/a.txt", "-o", tmp_path / "got")
    assert (got.code, (tmp_path / "got").exists()) == (3, False)
    assert "checksum differs" in got.err
    assert sky("artifacts", "get", "lab:notes/a.txt", "-o", "-").code == 3
    assert sky("artifacts", "verify", "lab:notes").code == 1


def test_killed_while_it_brings(sky: Headless, tmp_path: Path) -> None:
    """A kill leaves no file under the name; asked again it goes on from there, and is the same."""
    data = os.urandom(1 << 20) * (BIG >> 20)
    assert sky("artifacts", "put", "-", "lab:big", stdin=data).code == 0
    target = tmp_path / "big"
    step = "providers.artifacts.local_files:LocalPartFile:_write"
    killed(sky, step, "artifacts", "get", "lab:big", "-o", target)
    (part,) = tmp_path.glob(".big.*.part")
    assert not target.exists()
    kept = part.stat().st_size
    assert 0 < kept < BIG
    got = sky("artifacts", "get", "lab:big", "-o", target, "--json")
    assert got.code == 0, got.err
    assert hashlib.sha256(target.read_bytes()).digest() == hashlib.sha256(data).digest()
    assert [one.name for one in tmp_path.glob(".big*")] == []


def test_killed_while_it_stores(sky: Headless, service: S3Service, tmp_path: Path) -> None:
    """A kill leaves nothing under the key; the same command then stores all of it.

    That only what is missing is sent is proven on Ceph: rclone 1.75 may lose every part with the
    one that a kill has torn.
    """
    data = os.urandom(1 << 20) * 40  # more parts than are under way at once
    (tmp_path / "big").write_bytes(data)
    command = ("artifacts", "put", tmp_path / "big", "lab:big")
    killed(sky, "integrations.object_store.journal:_WrittenEntry:add", *command)
    (notes,) = sky.base.rglob("*.upload")
    assert notes.read_bytes().count(b"\n") > 1
    assert sky("artifacts", "ls", "lab:", "-r", "--json").json["artifacts"] == []
    # What a transfer waits to go on with is nobody's rubbish.
    told = sky("artifacts", "gc", "lab:", "--unfinished", "--dry-run", "--json").json
    assert told["would_let_go"] == []
    assert sky(*command).code == 0
    assert list(sky.base.rglob("*.upload")) == []
    assert service.folder is not None
    assert (service.folder / "labs" / sky.base.name / "big").read_bytes() == data


@pytest.mark.parametrize("store", ["lab", "local"])
def test_a_stream_that_broke_off(sky: Headless, service: S3Service, store: str) -> None:
    """What came through a pipe and was killed is in no listing; it is told of, and let go."""
    step, drafts = {
        "lab": ("integrations.object_store.journal:_WrittenEntry:begin", "*.upload"),
        "local": ("integrations.object_store.drafts::_write", ".staging/*"),
    }[store]
    data = b"x" * BIG
    killed(sky, step, "artifacts", "put", "-", f"{store}:big", stdin=data)
    assert any(one.stat().st_size for one in sky.base.rglob(drafts))
    assert sky("artifacts", "ls", f"{store}:", "-r", "--json").json["artifacts"] == []
    command = ("artifacts", "gc", f"{store}:", "--unfinished", "--json")
    assert len(sky(*command, "--dry-run").json["would_let_go"]) == 1
    assert sky(*command).code == 2  # nobody is there to ask
    assert len(sky(*command, "--yes").json["let_go"]) == 1
    assert sky(*command).json["let_go"] == []
    assert list(sky.base.rglob(drafts)) == []
    assert sky("artifacts", "put", "-", f"{store}:big", stdin=b"x").code == 0


HOSTILE = ("../x", "/etc/x", "a/../../x", "a\nb", "x" * 1025, "a//b", ".sums/x", ".staging/x", "")


@pytest.mark.parametrize("store", ["lab", "local"])
def test_hostile_keys(sky: Headless, service: S3Service, tmp_path: Path, store: str) -> None:
    """A key that would lead out is refused by every command; odd ones that do not are kept."""
    (tmp_path / "file").write_bytes(b"hello")
    assert sky("artifacts", "put", tmp_path / "file", "local:y").code == 0
    before = sorted(one.name for one in sky.base.rglob("*") if one.name == "x")
    for key in HOSTILE:
        name = f"{store}:{key}"
        for words in (("put", tmp_path / "file", name), ("get", name), ("cp", name, "local:z"),
                      ("cp", "local:y", name), ("mv", name, "local:z"), ("rm", name)):  # fmt: skip
            assert sky("artifacts", *words).code in (2, 4), words
    assert sorted(one.name for one in sky.base.rglob("*") if one.name == "x") == before
    for key in ("a/trailing.", "CON", "nul.txt", "-rf", "~", "$HOME", "a b/ü'\"", "x" * 240):
        name = f"{store}:{key}"
        assert sky("artifacts", "put", tmp_path / "file", name).code == 0, key
        assert sky("artifacts", "get", name, "-o", "-").out == b"hello", key


def test_retention(sky: Headless, tmp_path: Path) -> None:
    """What is to go is told first; without a word to confirm it, it stays."""
    (tmp_path / "file").write_bytes(b"hello")
    for number in (1, 2):
        key = f"lab:artifacts/fabric/{number}/a.txt"
        assert sky("artifacts", "put", tmp_path / "file", key).code == 0
    command = ("artifacts", "gc", "lab:artifacts", "--keep", "5B", "--json")
    told = sky(*command, "--dry-run").json
    assert [one["prefix"] for one in told["would_remove"]] == ["artifacts/fabric/1"]
    assert sky(*command).code == 2
    assert len(sky(*command, "--yes").json["removed"]) == 1
    left = sky("artifacts", "ls", "lab:artifacts", "-r", "--json").json["artifacts"]
    assert [one["key"] for one in left] == ["artifacts/fabric/2/a.txt"]
    assert sky("artifacts", "gc", "lab:artifacts").code == 2
    rule = {"SKYFORGE_ARTIFACTS__SIZE": "1B"}
    told = sky("artifacts", "gc", "lab:artifacts", "--dry-run", "--json", environ=rule).json
    assert [one["prefix"] for one in told["would_remove"]] == ["artifacts/fabric/2"]
    assert sky("artifacts", "index", "--store", "lab", "--json").json["runs"] == 0
