"""Connecting without a person: nothing is asked, all is told, secrets stay where they are."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from skyforge_tui.cli.connecting import Narration
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from skyforge_tui.domain.errors import NotSignedIn
from skyforge_tui.domain.sign_in import Proof
from tests.beside import beside
from tests.certificates import Authority, Served
from tests.cli.headless import Headless
from tests.estates import served_semaphore


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Return a certificate that vouches for itself."""
    return Authority(tmp_path_factory.mktemp("certificates")).serve("lab", is_alone=True)


@pytest.fixture
def semaphore(served: Served) -> Iterator[SemaphoreServer]:
    """Return a Semaphore below a path, with a certificate that nobody vouches for."""
    with beside(lambda: served_semaphore(sub_path="/ui", tls=served.context())) as server:
        yield server


@pytest.fixture
def config(stranger: Headless) -> Path:
    """Return where the configuration will be."""
    return stranger.base / "config" / "skyforge" / "config.toml"


def test_a_connection_in_three_commands(
    stranger: Headless, config: Path, semaphore: SemaphoreServer, served: Served
) -> None:
    """Each refusal says the command that goes further; the last one keeps a token, not a secret."""
    password = semaphore.estate.people["olga"].password
    environ = {"PASSWORD": password}
    address = f"{semaphore.url}/project/1/history"

    done = stranger("connect", "semaphore", address, "--user", "olga", "--name", "lab")
    assert (done.code, done.out) == (4, b"")
    assert f"--pin {served.fingerprint}" in done.err
    pin = ("--pin", served.fingerprint, "--name", "lab")
    done = stranger("connect", "semaphore", address, "--user", "olga", *pin)
    assert done.code == 4
    assert "the password of olga is needed" in done.err
    assert "--password-ref env:NAME" in done.err
    assert not config.exists()

    command = ("connect", "semaphore", address, "--user", "olga", *pin)
    done = stranger(*command, "--password-ref", "env:PASSWORD", "--json", environ=environ)
    assert done.code == 0, done.err
    found = done.json
    kept = Path(found["server"]["token"].removeprefix("file:"))
    token = kept.read_text().strip()
    assert token in semaphore.sessions.tokens
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.is_relative_to(stranger.state)
    text = config.read_text()
    assert tomllib.loads(text)["semaphore"] == {
        "lab": {
            "url": semaphore.url, "username": "olga", "token": f"file:{kept}",
            "tls": {"fingerprint": served.fingerprint},
        }
    }  # fmt: skip
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert (found["identity"], found["version"][:4]) == ("olga", "2.16")
    for shown in (text, done.text, done.err):
        assert token not in shown
        assert password not in shown

    done = stranger("connect", "--test", "lab")
    assert done.code == 0, done.err
    assert "olga" in done.text
    assert len(semaphore.sessions.tokens) == len(semaphore.estate.people) + 1


def test_a_connection_is_tested_again(
    stranger: Headless, config: Path, semaphore: SemaphoreServer, served: Served
) -> None:
    """`connections` lists what is configured, and with --test exits as the first failure does."""
    environ = {"TOKEN": semaphore.token("gus")}
    assert stranger("connections").text.split() == ["KIND", "NAME", "ADDRESS", "WHO", "SECRET",
                                                    "GUARD", "TRUST"]  # fmt: skip
    done = stranger(
        "connect", "semaphore", semaphore.url, "--insecure", "--token-ref", "env:TOKEN",
        "--name", "one", "--guard", "read-only", environ=environ,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "anybody may answer" in done.err
    listed = stranger("connections").text
    assert "NOBODY CHECKED" in listed
    assert "read-only" in listed
    assert stranger("connections", "--test", environ=environ).code == 0
    assert stranger("connections", "--test").code == 4  # the variable is not set here
    assert stranger("connections", "two").code == 5
    done = stranger("connect", "semaphore", semaphore.url, "--pin", "0" * 64, "--name", "one",
                    environ=environ)  # fmt: skip
    assert done.code == 4
    assert "another certificate than the pinned one" in done.err
    assert tomllib.loads(config.read_text())["semaphore"]["one"]["tls"] == {"verify": False}


def test_comments_and_order_stay(
    stranger: Headless, config: Path, semaphore: SemaphoreServer
) -> None:
    """What a person wrote in their configuration is still there, as it was, after connecting."""
    config.parent.mkdir(parents=True)
    mine = '# mine\n[look]\ntheme = "light"  # at day\n\n[semaphore.one]\nurl = "https://127.0.0.1:1"\n'
    config.write_text(mine)
    config.chmod(0o640)
    environ = {"TOKEN": semaphore.token("gus")}
    options = ("--insecure", "--token-ref", "env:TOKEN", "--name", "two")
    done = stranger("connect", "semaphore", semaphore.url, *options, environ=environ)
    assert done.code == 0, done.err
    assert config.read_text().startswith(mine)
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    assert set(tomllib.loads(config.read_text())["semaphore"]) == {"one", "two"}
    taken = stranger("connect", "semaphore", semaphore.url, *options[:-1], "one", environ=environ)
    assert taken.code == 4
    assert "one is 127.0.0.1:1 already" in taken.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("connect", "jenkins", "https://h"), 2, "jenkins is no kind of server"),
        (("connect", "semaphore"), 2, "say which semaphore"),
        (("connect", "semaphore", "--name", "x"), 5, "no connection is called x"),
        (("connect", "--test", "x"), 5, "no connection is called x"),
        (("connect", "semaphore", "http://127.0.0.1:1", "--token-ref", "env:HOME"), 3, "listens"),
        (("connect", "semaphore", "h", "--name", "No Name"), 2, "cannot be a name"),
        (("connect", "semaphore", "h", "--token-ref", "s3cret-value"), 2, "must not be the secret"),
        (("connect", "semaphore", "h", "--pin", "ab"), 2, "64 hexadecimal digits"),
        (("connect", "semaphore", "h", "--pin", "ab" * 32, "--insecure"), 2, "exclude each other"),
        (("connect", "semaphore", "https://ada:s3cret-value@h"), 2, "leave name and password out"),
    ],
)
def test_slips_are_named(
    stranger: Headless, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """Every slip has its exit code and says what is wrong; nothing is written."""
    done = stranger(*arguments)
    assert (done.code, done.out) == (code, b"")
    assert words in done.err
    assert "s3cret-value" not in done.err
    assert not (stranger.base / "config").exists()


async def test_a_code_by_email_is_not_asked_for_beforehand() -> None:
    """Each sign-in has a code of its own mailed: what goes on is the cockpit, or a token."""
    with pytest.raises(NotSignedIn) as caught:
        await Narration(["connect", "semaphore"]).ask(Proof.EMAIL_CODE, "a code is wanted")
    assert "--code" not in caught.value.advice
    assert ":connect" in caught.value.advice
