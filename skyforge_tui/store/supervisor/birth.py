"""How a supervisor comes to be alone: it takes its secrets, detaches, and says that it is well."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from skyforge_tui.store.supervisor.places import COMPLAINTS
from skyforge_tui.store.supervisor.supervision import Supervision

_WELL = b"ok"


def main(arguments: Sequence[str]) -> int:
    """Leave a supervisor behind: `arguments` are the run's directory and its lock's descriptor.

    Standard input holds the secret environment variables as a JSON object. Returns 0 when the
    supervisor is at work; otherwise 1, after one line on standard output that says why it is not.
    """
    directory, lock = Path(arguments[0]), int(arguments[1])
    os.set_inheritable(lock, False)
    secrets = json.loads(sys.stdin.buffer.read())
    reader, writer = os.pipe()
    middle = os.fork()
    if middle == 0:
        os.close(reader)
        os.setsid()
        # Not being a session's leader, the second child can never acquire a terminal.
        if os.fork() == 0:
            _be_alone(directory)
            _supervise(directory, lock, secrets, writer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    os.waitpid(middle, 0)
    if said == _WELL:
        return 0
    print(said.decode() or f"the supervisor broke, see {directory / COMPLAINTS}")  # noqa: T201
    return 1


def _be_alone(directory: Path) -> None:
    """Let go of the starter's directory and streams; complaints go to a file of the run."""
    os.chdir("/")
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        errors = os.open(directory / COMPLAINTS, flags, 0o600)
    except OSError:
        errors = os.open(os.devnull, os.O_WRONLY)
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd, target in ((nothing, 0), (nothing, 1), (errors, 2)):
        os.dup2(fd, target)
    os.close(nothing)
    os.close(errors)


def _supervise(directory: Path, lock: int, secrets: dict[str, str], starter: int) -> None:
    """Be the supervisor, from readiness to exit record."""
    try:
        supervision = Supervision(directory, secrets)
    except OSError as error:
        # The lock first: whoever hears the error may record it at once.
        os.close(lock)
        os.write(starter, f"{error.filename or directory}: {error.strerror or error}".encode())
        return
    try:
        os.write(starter, _WELL)
        os.close(starter)
    except BrokenPipeError:
        supervision.give_up("whoever started it did not wait for it")
    else:
        supervision.run()
    complaints = directory / COMPLAINTS
    if complaints.exists() and complaints.stat().st_size == 0:
        complaints.unlink()
