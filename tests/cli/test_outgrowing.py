"""The README's way out of one machine, walked on the pretend estate and a real service of S3."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.headless import Headless
from tests.cli.test_demo import serving
from tests.object_stores import ACCESS, SECRET, S3Service, rclone, rclone_program
from tests.worktrees import write

README = Path(__file__).parents[2] / "README.md"
LEAVES = """
[[templates]]
name = "leaves"
artifacts = ["*.cfg"]
command = ["sh", "-c", "echo cfg > leaf1.cfg"]
"""


def walked() -> list[list[str]]:
    """Return the commands of the worked example, each as its words."""
    section = README.read_text(encoding="utf-8").partition("## Outgrowing one machine\n")[2]
    example = section.partition("\n## ")[0]
    (block,) = re.findall(r"```sh\n(.*?)```", example, re.DOTALL)
    lines = [line.partition("   #")[0].strip() for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Service]:
    """Serve S3 by rclone, with a bucket."""
    folder = tmp_path_factory.mktemp("rclone")
    (folder / "results").mkdir()
    with rclone(rclone_program(), folder) as service:
        yield service


@pytest.fixture
def told() -> Iterator[dict[str, Any]]:
    """Serve the pretend estate, and give what it says of itself."""
    with serving() as (_, told):
        who = told["servers"]["netlab"]["credentials"]["owner"]
        met = Path.home() / ".ssh" / "known_hosts"  # its lab host was met before
        met.parent.mkdir(exist_ok=True)
        met.write_text(Path(who["known_hosts"]).read_text())
        yield told
        met.unlink()


def placed(told: dict[str, Any], service: S3Service) -> Callable[[str], str]:
    """Return what puts addresses of the estate in the place of those of the example."""
    servers = told["servers"]
    netlab = servers["netlab"]
    places = {
        "https://s3.example.net": service.url,
        "semaphore.example.net": servers["semaphore"]["url"],
        "git.example.net": servers["gitea"]["url"],
        "ada@labs.example.net": netlab["url"],
        "ACCESSKEY": ACCESS,
    }

    def place(word: str) -> str:
        for one, other in places.items():
            word = word.replace(one, other)
        return "olga" if word == "ada" else word

    return place


def test_the_way_out_of_one_machine(
    stranger: Headless, told: dict[str, Any], service: S3Service
) -> None:
    """Every command of the worked example works, in its order; what was there is still there."""
    project = stranger.workspace / "leaving"
    write(project, {"skyforge.toml": LEAVES})
    assert stranger("trust", project).code == 0
    assert stranger("runs", "launch", "leaves", "--wait").code == 0
    key = "artifacts/leaving/1/leaf1.cfg"
    assert stranger("artifacts", "get", key, "-o", "-").out == b"cfg\n"
    who = told["servers"]["netlab"]["credentials"]["owner"]
    environ = {"SECRETKEY": SECRET, "PASSWORD": "olga-pass"}
    place = placed(told, service)
    for words in walked():
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            environ[name] = value
            continue
        assert words[0] == "skyforge"
        more = ["--key", who["key"]] if words[1:3] == ["connect", "netlab"] else []
        done = stranger(*map(place, words[1:]), *more, environ=environ)
        assert done.code == 0, (words, done.err, done.text)

    stranger.environ.update(environ)
    assert stranger("artifacts", "get", key, "-o", "-").out == b"cfg\n"
    assert service.folder is not None
    assert (service.folder / "results" / key).read_bytes() == b"cfg\n"
    (project / "leaf1.cfg").unlink()
    assert stranger("runs", "launch", "leaves", "--wait").code == 0
    assert (service.folder / "results/artifacts/leaving/2/leaf1.cfg").exists()
    listed = stranger("projects", "ls", "--json")
    assert listed.code == 0, listed.err
    upstreams = {one["id"].partition(":")[0] for one in listed.json}
    assert {"local", "semaphore", "git"} <= upstreams, upstreams
    kinds = {one["name"]: one for one in stranger("connections", "--json").json}
    assert len(kinds) == 4
