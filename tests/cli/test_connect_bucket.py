"""A bucket is connected with one command, and is a store like any other from then on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.headless import Headless
from tests.object_stores import ACCESS, SECRET, S3Service, rclone, rclone_program


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Service]:
    """Serve S3 by rclone, with a bucket."""
    folder = tmp_path_factory.mktemp("rclone")
    (folder / "labs").mkdir()
    with rclone(rclone_program(), folder) as service:
        yield service


def test_a_bucket_in_one_command(stranger: Headless, service: S3Service, tmp_path: Path) -> None:
    """One command writes a bucket down; what is stored there is there for every program."""
    config = stranger.base / "config" / "skyforge" / "config.toml"
    environ = {"SECRET": SECRET}
    url = f"{service.url}/labs/net"
    command = ("connect", "s3", url, "--user", ACCESS, "--name", "lab")

    done = stranger(*command, "--password-ref", "env:WRONG", environ={"WRONG": "s3cret-value"})
    assert (done.code, config.exists()) == (4, False)
    assert "the secret key is not the right one" in done.err
    assert "s3cret-value" not in done.err
    done = stranger(*command[:2], f"{service.url}/gone", *command[3:], "--password-ref",
                    "env:SECRET", environ=environ)  # fmt: skip
    assert done.code == 3
    assert "the bucket is not there" in done.err

    done = stranger(*command, "--password-ref", "env:SECRET", "--json", environ=environ)
    assert done.code == 0, done.err
    assert tomllib.loads(config.read_text())["s3"] == {
        "lab": {
            "bucket": "labs", "endpoint": service.url, "prefix": "net", "access_key_id": ACCESS,
            "secret_key": "env:SECRET",
        }
    }  # fmt: skip
    assert SECRET not in done.text + done.err + config.read_text()
    assert stranger("connections", "--test", environ=environ).code == 0

    (tmp_path / "file").write_bytes(b"hello")
    put = ("artifacts", "put", str(tmp_path / "file"), "notes/hello.txt", "--store", "lab")
    done = stranger(*put, environ=environ)
    assert done.code == 0, done.err
    assert service.folder is not None
    assert (service.folder / "labs/net/notes/hello.txt").read_bytes() == b"hello"
    assert stranger(*put, environ=environ).code == 4  # nothing is replaced unasked
    got = stranger("artifacts", "get", "notes/hello.txt", "--store", "lab", "-o", "-",
                   environ=environ)  # fmt: skip
    assert got.out == b"hello"
    listed = stranger("artifacts", "ls", "notes", "--store", "lab", "--json", environ=environ)
    assert [one["key"] for one in listed.json["artifacts"]] == ["notes/hello.txt"]

    lost = stranger("artifacts", "ls", "--store", "lab")
    assert lost.code == 4
    assert "env:SECRET: is not set" in lost.err


def test_a_bucket_is_the_usual_store(stranger: Headless, service: S3Service) -> None:
    """What runs leave goes where the configuration says; a store that is not there is named."""
    config = stranger.base / "config" / "skyforge" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[artifacts]\nstore = "lab"\n')
    done = stranger("artifacts", "ls")
    assert done.code == 2
    assert "there is no [s3.lab]" in done.err
    config.write_text(
        f'[artifacts]\nstore = "lab"\n[s3.lab]\nbucket = "labs"\nendpoint = "{service.url}"\n'
        f'access_key_id = "{ACCESS}"\nsecret_key = "env:SECRET"\nguard = "read-only"\n'
    )
    environ = {"SECRET": SECRET}
    assert stranger("artifacts", "ls", "--json", environ=environ).json["store"] == "lab"


def test_keys_of_a_profile(stranger: Headless, service: S3Service, tmp_path: Path) -> None:
    """A profile of AWS is taken in place of keys, kept by its name, and replaced by keys."""
    file = tmp_path / "config-of-aws"
    file.write_text(
        f"[profile lab]\naws_access_key_id = {ACCESS}\naws_secret_access_key = {SECRET}\n"
    )
    environ = {"AWS_CONFIG_FILE": str(file), "SECRET": SECRET}
    config = stranger.base / "config" / "skyforge" / "config.toml"
    command = ("connect", "s3", f"{service.url}/labs", "--name", "lab")

    done = stranger(*command, "--credentials", "nonsense", environ=environ)
    assert (done.code, config.exists()) == (2, False)
    assert "nonsense is no place of keys" in done.err
    done = stranger(*command, "--credentials", "profile:gone", environ=environ)
    assert (done.code, config.exists()) == (4, False)
    assert "no profile gone" in done.err
    assert "look at those files" in done.err
    assert "--password-ref" not in done.err
    done = stranger(*command, "--credentials", "profile:lab", "--json", environ=environ)
    assert done.code == 0, done.err
    place = {"bucket": "labs", "endpoint": service.url}
    assert tomllib.loads(config.read_text())["s3"]["lab"] == {**place, "credentials": "profile:lab"}
    assert stranger("connections", "--test", environ=environ).code == 0
    assert stranger("artifacts", "ls", "--store", "lab", environ=environ).code == 0

    keys = ("--user", ACCESS, "--password-ref", "env:SECRET")
    assert stranger("connect", "s3", "--name", "lab", *keys, environ=environ).code == 0
    kept = tomllib.loads(config.read_text())["s3"]["lab"]
    assert kept == {**place, "access_key_id": ACCESS, "secret_key": "env:SECRET"}
    config.write_text(config.read_text() + 'credentials = "instance"\n')
    done = stranger("artifacts", "ls", environ=environ)
    assert done.code == 2
    assert "has keys, and credentials that say where others are" in done.err
