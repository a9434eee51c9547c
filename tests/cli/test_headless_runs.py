"""`skyforge runs` launches, waits, follows, stops, answers and repeats, for real."""

from __future__ import annotations

import signal
from datetime import datetime
from pathlib import Path

from tests.cli.headless import Headless, ended

HELLO = b"hello\r\n\x1b[31mred\x1b[0m\x00end"


def test_launch_prints_one_object(sky: Headless) -> None:
    """A launch answers with the run's id, number and state, and does not wait for its end."""
    done = sky("runs", "launch", "endless", "--json")
    assert done.code == 0
    assert done.json["id"] == f"local:{done.json['number']}"
    assert done.json["state"] in {"waiting", "starting", "running"}
    assert done.out.count(b"\n") == 1


def test_launch_waits_for_success(sky: Headless) -> None:
    """With --wait a run that succeeds exits 0."""
    done = sky("runs", "launch", "fabric/hello", "--wait", "--json")
    assert (done.code, done.json["state"], done.json["exit_code"]) == (0, "success", 0)


def test_launch_waits_for_failure(sky: Headless) -> None:
    """With --wait a run that fails exits 1 and says what it was."""
    done = sky("runs", "launch", "fails", "--wait")
    assert (done.code, done.text) == (1, "run 1 error: exit code 3\n")
    assert sky("runs", "show", "1", "--json").json["run"]["exit_code"] == 3


def test_list_is_json(sky: Headless) -> None:
    """Runs are listed as JSON, newest first, with every fact of theirs; shown, with their times."""
    sky.launch("hello", "--wait")
    sky.launch("fails", "--wait")
    listed = sky("runs", "ls", "--json").json
    assert [(one["number"], one["state"]) for one in listed] == [(2, "error"), (1, "success")]
    assert listed[1].items() >= {
        "id": "local:1", "template": "hello", "project": "fabric", "exit_code": 0, "signal": "",
        "waits_for_input": False, "log_bytes": len(HELLO),
    }.items()  # fmt: skip
    assert {"created_at", "started_at", "ended_at", "started_by"} <= listed[1].keys()
    shown = sky("runs", "show", "1").text.splitlines()
    facts = {line[:10].rstrip(): line[10:].strip() for line in shown}
    for fact, at in (("started", "started_at"), ("ended", "ended_at")):
        told = datetime.strptime(facts[fact], "%Y-%m-%d %H:%M:%S").astimezone()
        assert told == datetime.fromisoformat(listed[1][at]).replace(microsecond=0)
    assert facts["took"].endswith("s")
    assert facts["output"] == f"{len(HELLO)} bytes"


def test_list_says_where_it_was_cut(sky: Headless) -> None:
    """A limit that cuts is told on standard error, never in the data."""
    sky.launch("hello", "--wait")
    sky.launch("hello", "--wait")
    done = sky("runs", "ls", "--json", "--limit", "1")
    assert [one["number"] for one in done.json] == [2]
    assert "cut at 1" in done.err


def test_empty_list_is_json(stranger: Headless) -> None:
    """Where nothing ever ran the list is empty, not absent."""
    done = stranger("runs", "ls", "--json")
    assert (done.code, done.out) == (0, b"[]\n")


def test_logs_are_raw(sky: Headless) -> None:
    """`runs logs` writes the stored bytes, whatever they are."""
    number = sky.launch("hello", "--wait")
    assert sky("runs", "logs", number).out == HELLO == sky.runs.output(number)
    assert sky("runs", "logs", number, "--follow").out == HELLO


def test_logs_follow_to_the_end(sky: Headless) -> None:
    """`runs logs --follow` writes output while it comes and ends with the run."""
    number = sky.launch("gated")
    process = sky.process("runs", "logs", number, "--follow")
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    sky.open_gate(b"through\n")
    done = ended(process)
    assert (done.code, done.out, done.err) == (0, b"through\n", "")


def test_interrupted_follower_leaves_the_run(sky: Headless) -> None:
    """Ctrl-c ends the following with 130; the run goes on."""
    number = sky.launch("gated")
    process = sky.process("runs", "logs", number, "--follow")
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGINT)
    done = ended(process)
    assert (done.code, done.err.strip()) == (130, "")
    assert number in sky.runs.directories.live()


def test_interrupted_wait_leaves_the_run(sky: Headless) -> None:
    """Ctrl-c while a launch waits ends the waiting with 130; the run goes on."""
    process = sky.process("runs", "launch", "endless", "--wait")
    assert process.stderr is not None
    assert process.stderr.readline() == b"run 1 started; waiting for its end\n"
    process.send_signal(signal.SIGINT)
    done = ended(process)
    assert (done.code, done.out, done.err.strip()) == (130, b"", "")
    assert sky.runs.directories.live() == [1]


def test_stop_ends_a_run(sky: Headless) -> None:
    """A stop is asked for once; a run that has ended cannot be stopped."""
    number = sky.launch("endless")
    done = sky("runs", "stop", number, "--json")
    assert (done.code, done.json["number"]) == (0, number)
    sky.runs.ended(number)
    assert sky("runs", "show", number, "--json").json["run"]["state"] == "stopped"
    again = sky("runs", "stop", number)
    assert again.code == 4
    assert "has ended: stopped" in again.err


def test_answer_is_handed_over(sky: Headless) -> None:
    """A run that asks on its terminal is answered from standard input."""
    number = sky.launch("asks")
    sky.runs.until_output(number, b"name? ")
    assert sky("runs", "answer", number, stdin=b"bob\n").code == 0
    sky.runs.ended(number)
    assert b"hi bob" in sky("runs", "logs", number).out


def test_secrets_come_by_reference(sky: Headless, tmp_path: Path) -> None:
    """A secret is read from the environment or a file, and kept nowhere; that is advised too."""
    assert "give -v pw=env:NAME" in sky("runs", "launch", "vault").err
    file = tmp_path / "pw"
    file.write_text("s3cr3t-word\n")
    file.chmod(0o600)
    by_name = sky(
        "runs", "launch", "vault", "--wait", "-v", "pw=env:WORD",
        environ={"WORD": "s3cr3t-word"},
    )  # fmt: skip
    assert (by_name.code, by_name.text) == (0, "run 1 success\n")
    assert sky("runs", "launch", "vault", "--wait", "-v", f"pw=file:{file}").code == 0
    kept = b"".join(one.read_bytes() for one in sky.base.rglob("*") if one.is_file())
    assert b"s3cr3t-word" not in kept


def test_rerun_asks_secrets_again(sky: Headless) -> None:
    """A rerun keeps plain answers and refuses to guess secret ones."""
    sky.launch("vault", "--wait", "-v", "pw=s3cr3t-word", "-v", "who=grace")
    refused = sky("runs", "rerun", "1")
    assert refused.code == 2
    assert "-v pw=env:NAME" in refused.err
    again = sky(
        "runs", "rerun", "1", "--wait", "--json", "-v", "pw=env:WORD",
        environ={"WORD": "s3cr3t-word"},
    )  # fmt: skip
    assert (again.code, again.json["number"]) == (0, 2)
    assert sky("runs", "logs", "2").out == b"grace\n"
    shown = sky("runs", "show", "2")
    assert "secret, not kept" in shown.text
    assert "s3cr3t-word" not in shown.text


def test_rerun_of_a_failure_fails_again(sky: Headless) -> None:
    """A rerun that waits exits as the run ended."""
    sky.launch("fails", "--wait")
    assert sky("runs", "rerun", "1", "--wait").code == 1
