"""Secrets come from where references point, and show themselves to nobody."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import logging
import pickle
import stat
import sys
import threading
import types
from pathlib import Path

import msgspec
import pytest
from rich.console import Console
from rich.traceback import Traceback

from skyforge_tui.integrations import secrets
from skyforge_tui.integrations.redaction import MASK, RedactingFormatter, redact, remember
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import MAX_BYTES, Secret, SecretError, resolve

VALUE = "correct-horse-battery-staple"


def _script(tmp_path: Path, body: str) -> str:
    path = tmp_path / "give.py"
    path.write_text(f"import os, sys, time\n{body}\n")
    return f"cmd:{sys.executable} {path}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("env:LAB_TOKEN", "env:LAB_TOKEN"),
        ("file:/run/token", "file:/run/token"),
        ("file:~/token", "file:~/token"),
        ("keyring:lab", "keyring:lab"),
        ("cmd:pass", "cmd:pass"),
        ("cmd:vault read --token=hvs.123", "cmd:vault …"),
    ],
)
def test_a_reference_shows_its_place_but_no_arguments(text: str, shown: str) -> None:
    """A reference names kind and place; of a command only the program."""
    reference = SecretRef.parse(text)
    assert str(reference) == shown
    assert repr(reference) == f"SecretRef({shown})"


@pytest.mark.parametrize(
    "text",
    [
        *(VALUE, "", "env:", "env:not a name", "file:relative/path", "keyring:", "cmd:"),
        *("cmd:'open", "http:x", "file:/a\0b", "cmd:a\nb", "env:" + "x" * 5000, "ENV:X"),
    ],
)
def test_what_is_no_reference_is_refused_without_being_repeated(text: str) -> None:
    """A plain secret where a reference belongs is refused, and the refusal does not hold it."""
    with pytest.raises(ValueError, match=r"must|quote") as caught:
        SecretRef.parse(text)
    if len(text) > len("keyring:"):
        assert text not in str(caught.value)


async def test_an_environment_variable_gives_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """`env:NAME` is the value of that variable; without it the advice says what to export."""
    monkeypatch.setenv("LAB_TOKEN", VALUE)
    assert (await resolve("env:LAB_TOKEN")).reveal() == VALUE
    monkeypatch.delenv("LAB_TOKEN")
    with pytest.raises(SecretError, match="is not set") as caught:
        await resolve("env:LAB_TOKEN")
    assert "LAB_TOKEN" in caught.value.advice
    monkeypatch.setenv("LAB_TOKEN", "")
    with pytest.raises(SecretError, match="is empty"):
        await resolve(SecretRef.parse("env:LAB_TOKEN"))


async def test_a_file_gives_its_text_without_the_last_line_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`file:PATH` is the file's text; a file open to others is used with a caution."""
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "token"
    path.write_bytes(f" {VALUE}\nsecond\r\n".encode())
    path.chmod(stat.S_IRUSR)
    secret = await resolve("file:~/token")
    assert secret.reveal() == f" {VALUE}\nsecond"
    assert secret.caution == ""
    path.chmod(0o644)
    assert "chmod 600" in (await resolve(f"file:{path}")).caution


async def test_a_file_that_cannot_be_the_secret_is_refused(tmp_path: Path) -> None:
    """Missing files, folders, devices, huge and binary files are errors, not hangs."""
    (tmp_path / "huge").write_bytes(b"x" * (MAX_BYTES + 1))
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for reference, words in (
        (f"file:{tmp_path}/missing", "cannot be read"),
        (f"file:{tmp_path}", "cannot be read"),
        ("file:/dev/zero", "not a regular file"),
        (f"file:{tmp_path}/huge", "longer"),
        (f"file:{tmp_path}/binary", "not UTF-8"),
        ("file:~no-such-person-here/x", "no such home folder"),
    ):
        with pytest.raises(SecretError, match=words):
            await resolve(reference)


async def test_a_command_gives_its_output(tmp_path: Path) -> None:
    """`cmd:` is what the program writes, split as a shell would, without a shell."""
    reference = _script(tmp_path, "print(sys.argv[1])") + " 'a  $HOME;b'"
    assert (await resolve(reference)).reveal() == "a  $HOME;b"


async def test_a_command_has_no_terminal_to_ask_on(tmp_path: Path) -> None:
    """A program that fetches a secret has empty input and no controlling terminal."""
    body = (
        "assert sys.stdin.read() == ''\n"
        "assert os.getsid(0) == os.getpid()\n"
        "try:\n"
        "    os.open('/dev/tty', os.O_RDWR)\n"
        "except OSError:\n"
        "    print('alone')\n"
    )
    assert (await resolve(_script(tmp_path, body))).reveal() == "alone"


async def test_a_failing_command_tells_its_code_and_never_its_output(tmp_path: Path) -> None:
    """The error of a command names the exit code; what it wrote stays unseen."""
    said = f"'{VALUE[:9]}' + '{VALUE[9:]}'"
    body = f"print({said}); print({said}, file=sys.stderr); sys.exit(3)"
    with pytest.raises(SecretError, match="ended with code 3") as caught:
        await resolve(_script(tmp_path, body))
    assert VALUE not in _crash_trace(caught.value)
    with pytest.raises(SecretError, match="not UTF-8") as caught:
        await resolve(_script(tmp_path, f"sys.stdout.buffer.write(({said}).encode() + b'\\xff')"))
    assert VALUE not in _crash_trace(caught.value)
    with pytest.raises(SecretError, match="ended by signal 9"):
        await resolve(_script(tmp_path, "os.kill(os.getpid(), 9)"))
    with pytest.raises(SecretError, match="no such program"):
        await resolve("cmd:/no/such/program")
    with pytest.raises(SecretError, match="wrote more than"):
        await resolve(_script(tmp_path, "sys.stdout.write('x' * 1000000)"))


async def test_a_command_that_never_ends_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When its time is up a command is killed and the error says so."""
    monkeypatch.setattr(secrets, "TIMEOUT_S", 0.5)
    with pytest.raises(SecretError, match=r"within 0\.5 s"):
        await resolve(_script(tmp_path, "time.sleep(600)"))


def _keyring(monkeypatch: pytest.MonkeyPatch, get: object) -> None:
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    errors.NoKeyringError = type("NoKeyringError", (errors.KeyringError,), {})  # type: ignore[attr-defined]
    keyring = types.ModuleType("keyring")
    keyring.get_password = get  # type: ignore[attr-defined]
    keyring.errors = errors  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


async def test_a_keyring_gives_the_entry_of_our_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """`keyring:NAME` is the entry NAME of the service skyforge."""
    _keyring(
        monkeypatch, lambda service, name: VALUE if (service, name) == ("skyforge", "lab") else None
    )
    assert (await resolve("keyring:lab")).reveal() == VALUE
    with pytest.raises(SecretError) as caught:
        await resolve("keyring:other")
    assert caught.value.advice == "Run: keyring set skyforge other"


async def test_a_machine_without_keyring_gets_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, or without a backend, the advice names the other kinds of reference."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SecretError, match="needs the package") as caught:
        await resolve("keyring:lab")
    assert "env:NAME" in caught.value.advice

    def no_backend(service: str, name: str) -> str:
        raise sys.modules["keyring.errors"].NoKeyringError(VALUE)

    _keyring(monkeypatch, no_backend)
    with pytest.raises(SecretError, match="has no keyring") as caught:
        await resolve("keyring:lab")
    assert VALUE not in str(caught.value)


async def test_a_locked_keyring_holds_up_neither_the_loop_nor_the_exit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While a keyring waits for its person, the loop goes on, and the thread dies with us."""
    asked, release = threading.Event(), threading.Event()

    def locked(service: str, name: str) -> str:
        asked.set()
        release.wait(60)
        return VALUE

    _keyring(monkeypatch, locked)
    waiting = asyncio.ensure_future(resolve("keyring:lab"))
    await asyncio.to_thread(asked.wait, 60)
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "secret"]
    assert thread.daemon
    assert not waiting.done()
    release.set()
    assert (await waiting).reveal() == VALUE


def test_a_secret_shows_itself_to_nobody() -> None:
    """Text, formatting, copies and serialisers never contain the value."""
    secret = Secret(VALUE)
    for text in (repr(secret), str(secret), f"{secret}", f"{secret:>40}", f"{secret!r:s}"):
        assert VALUE not in text
        assert MASK in text
    assert copy.deepcopy(secret) is copy.copy(secret) is secret
    for write in (pickle.dumps, json.dumps, msgspec.json.encode):
        with pytest.raises(TypeError) as caught:
            write(secret)
        assert VALUE not in str(caught.value)
    with pytest.raises(TypeError):
        vars(secret)


def _crash_trace(error: BaseException) -> str:
    out = io.StringIO()
    Console(width=1000, file=out).print(
        Traceback.from_exception(
            type(error), error, error.__traceback__, show_locals=True, locals_max_string=1000
        )
    )
    return out.getvalue()


def test_a_crash_trace_with_locals_shows_no_secret() -> None:
    """A traceback that prints local variables shows a mask where a secret was held."""

    def crash(held: Secret, nested: dict[str, list[Secret]]) -> None:
        raise RuntimeError("boom")

    secret = Secret("hsifdrows"[::-1])
    try:
        crash(secret, {"deep": [secret]})
    except RuntimeError as error:
        trace = _crash_trace(error)
    assert "boom" in trace
    assert "Secret(***)" in trace
    assert secret.reveal() not in trace


def test_a_revealed_secret_is_masked_in_any_text() -> None:
    """Quoted, escaped, encoded or cut off: a known secret is masked in text."""
    value = 'sword/fish\'s "own"\ttoken=' + "0123456789" * 10
    Secret(value)
    for text in (value, repr(value), json.dumps({"token": value}), f"{value[:80]!r}+25"):
        assert "fish" not in redact(text).replace(MASK, "")
    assert redact("https://x/?t=sword%2Ffish%27s+%22own%22%09token%3D" + "0123456789" * 10) == (
        f"https://x/?t={MASK}"
    )
    assert redact("an ordinary sentence") == "an ordinary sentence"


def test_each_line_of_a_key_is_masked() -> None:
    """A key of many lines is masked wherever one of its lines appears."""
    key = "-----BEGIN TEST KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\nAAAAEbm9uZQ==\n"
    remember(key)
    assert redact(f"line b3BlbnNzaC1rZXktdjEAAAAABG5vbmU and {key!r}").count("b3Bl") == 0


def test_very_short_secrets_do_not_blacken_ordinary_words() -> None:
    """A secret of three letters is not looked for in text."""
    Secret("eve")
    assert redact("believe every event") == "believe every event"


def test_log_lines_and_their_tracebacks_are_masked() -> None:
    """A log record's message, arguments and traceback come out without secrets."""
    secret = Secret("tuna-in-a-log-line")
    formatter = RedactingFormatter(logging.Formatter("%(levelname)s %(message)s"))
    try:
        raise RuntimeError(f"refused {secret.reveal()}")
    except RuntimeError:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "sent %s", (secret.reveal(),), sys.exc_info()
        )
    text = formatter.format(record)
    assert text.startswith(f"ERROR sent {MASK}")
    assert f"RuntimeError: refused {MASK}" in text
    assert "tuna" not in text
    assert "tuna" not in (record.exc_text or "")
