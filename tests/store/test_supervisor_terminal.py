"""A run with a terminal can be asked, is shown as asking, and can be answered."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from skyforge_tui.domain.run import RunState
from tests.store.supervised import Runs, python

HARMLESS = "hunter2"


def answer(runs: Runs, number: int, text: str) -> None:
    """Type `text` and return."""
    data = base64.b64encode(f"{text}\n".encode()).decode()
    assert runs.ask(number, op="answer", data=data) == {"ok": True}


def test_a_prompt_is_shown_and_answered(runs: Runs) -> None:
    """A process that stops after an unfinished line waits for input until it is answered."""
    code = 'name = input("name? "); print(f"hello {name}")'
    number = runs.start(python(code), terminal=True)
    watcher = runs.watch(number)
    watcher.until_status(waits_for_input=True)
    run = runs.read(number)
    assert run.waits_for_input
    assert run.state is RunState.RUNNING
    answer(runs, number, "ada")
    watcher.until_status(waits_for_input=False)
    run = runs.ended(number).run
    assert (run.state, run.waits_for_input) == (RunState.SUCCESS, False)
    assert runs.output(number) == b"name? ada\nhello ada\n"


def test_a_password_is_asked_on_the_terminal_and_not_kept(runs: Runs) -> None:
    """A hidden prompt on /dev/tty is seen as waiting, and its answer is nowhere on the disk."""
    code = """
        import getpass, hashlib
        word = getpass.getpass("password: ")
        print(hashlib.sha256(word.encode()).hexdigest()[:8])
    """
    number = runs.start(python(code), terminal=True)
    runs.watch(number).until_status(waits_for_input=True)
    answer(runs, number, HARMLESS)
    assert runs.ended(number).run.state is RunState.SUCCESS
    assert runs.output(number) == b"password: \nf52fbd32\n"
    for path in runs.state.rglob("*"):
        assert not path.is_file() or HARMLESS.encode() not in path.read_bytes()


def test_hidden_input_is_noticed_without_a_prompt(runs: Runs) -> None:
    """A process that switches echo off after a finished line and waits is shown as waiting."""
    code = """
        import sys, termios
        print("type the code", flush=True)
        attributes = termios.tcgetattr(0)
        attributes[3] &= ~termios.ECHO
        termios.tcsetattr(0, termios.TCSANOW, attributes)
        sys.stdin.readline()
    """
    number = runs.start(python(code), terminal=True)
    runs.watch(number).until_status(waits_for_input=True)
    answer(runs, number, "1234")
    assert runs.ended(number).run.state is RunState.SUCCESS
    assert runs.output(number) == b"type the code\n"


@pytest.mark.skipif(not Path("/proc/self/syscall").exists(), reason="the system does not tell")
def test_reading_after_a_whole_line_is_noticed(runs: Runs) -> None:
    """A process deep below that reads the terminal after a whole line is shown as waiting."""
    script = "echo type a name; sh -c 'read name; echo hello $name; read again'; echo bye"
    number = runs.start(["sh", "-c", script], terminal=True)
    watcher = runs.watch(number)
    watcher.until_status(waits_for_input=True)
    answer(runs, number, "ada")
    watcher.until_status(waits_for_input=False)
    watcher.until_status(waits_for_input=True)
    answer(runs, number, "")
    assert runs.ended(number).run.state is RunState.SUCCESS
    assert b"hello ada\n" in runs.output(number)


def test_a_quiet_process_is_not_taken_for_a_question(runs: Runs) -> None:
    """Quiet after a finished line is work, not a question."""
    code = """
        import time
        print("working", flush=True)
        time.sleep(2.5)
        print("done")
    """
    number = runs.start(python(code), terminal=True)
    told = [message["status"] for message in runs.watch(number).messages() if "status" in message]
    assert told[-1]["state"] == "success"
    assert not any(status["waits_for_input"] for status in told)


def test_standard_input_and_output_are_the_terminal(runs: Runs) -> None:
    """With a terminal all three streams and /dev/tty are one terminal of the asked size."""
    code = """
        import os
        print([os.isatty(fd) for fd in range(3)], os.get_terminal_size(0).columns)
        print(os.open("/dev/tty", os.O_RDWR) > 2, os.tcgetpgrp(0) == os.getpgrp())
    """
    _, output = runs.run(python(code), terminal=True, columns=77)
    assert output == b"[True, True, True] 77\nTrue True\n"


def test_no_byte_is_changed_by_a_terminal(runs: Runs) -> None:
    """Output through a controlling terminal is kept as it was written, too."""
    data = bytes(range(256)) + b"a\nb\r\nc\n"
    path = runs.state.parent / "bytes"
    path.write_bytes(data)
    _, output = runs.run(["cat", str(path)], terminal=True)
    assert output == data


def test_a_long_answer_arrives_whole(runs: Runs) -> None:
    """An answer of many lines arrives whole, however slowly it is read."""
    code = """
        import os, sys, termios
        attributes = termios.tcgetattr(0)
        attributes[3] &= ~termios.ECHO
        termios.tcsetattr(0, termios.TCSANOW, attributes)
        print("ready", flush=True)
        total = sum(len(sys.stdin.readline()) for _ in range(500))
        print(total)
    """
    number = runs.start(python(code), terminal=True)
    runs.until_output(number, b"ready\n")
    answer(runs, number, "\n".join(["x" * 99] * 500))
    runs.ended(number)
    assert runs.output(number) == b"ready\n50000\n"


def test_what_is_no_base64_is_refused(runs: Runs) -> None:
    """An answer that cannot be decoded is refused and nothing is typed."""
    number = runs.start(["cat"], terminal=True)
    runs.watch(number).until_status(state="running")
    assert runs.ask(number, op="answer", data="?") == {"error": "the answer is not base64"}


def test_the_end_of_input_can_be_typed(runs: Runs) -> None:
    """Control-D ends the input of a process that reads the terminal."""
    number = runs.start(["cat"], terminal=True)
    runs.watch(number).until_status(state="running")
    data = base64.b64encode(b"\x04").decode()
    assert runs.ask(number, op="answer", data=data) == {"ok": True}
    assert runs.ended(number).run.state is RunState.SUCCESS
