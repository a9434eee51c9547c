"""The headless twin for tests: a workspace of its own, called in process or as a process."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from skyforge_tui.cli import run
from tests.store.supervised import PATIENCE_S, Runs
from tests.worktrees import write

MANIFEST = """
[project]
description = "Everything a run can do."

[[templates]]
name = "hello"
command = ["printf", 'hello\\r\\n\\033[31mred\\033[0m\\0end']

[[templates]]
name = "fails"
command = ["sh", "-c", "echo no; exit 3"]

[[templates]]
name = "gated"
command = ["sh", "-c", "echo begun; read line < gate; echo $line"]

[[templates]]
name = "endless"
command = ["sleep", "10000"]

[[templates]]
name = "deaf"
command = ["sh", "-c", "trap '' INT TERM; while :; do sleep 0.1; done"]

[[templates]]
name = "asks"
terminal = true
command = ["sh", "-c", "printf 'name? '; read x; echo hi $x"]

[[templates]]
name = "many"
command = ["seq", "100000"]

[[templates]]
name = "vault"
command = ["sh", "-c", "test ${{#SKYFORGE_SECRET_PW}} = 11 && echo {who}"]

[[templates.survey]]
name = "pw"
type = "secret"
required = true

[[templates.survey]]
name = "who"
default = "ada"
"""


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, standard output as it was, standard error as text."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode()

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document it is."""
        return json.loads(self.out)


class Headless:
    """A workspace with one project, `fabric`, in it, and the program to be used on it."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.workspace = base / "work"
        self.project = self.workspace / "fabric"
        self.manifest = self.project / "skyforge.toml"
        self.state = base / "state" / "skyforge"
        self.environ = {
            "XDG_STATE_HOME": str(base / "state"),
            "XDG_CACHE_HOME": str(base / "cache"),
            "XDG_CONFIG_HOME": str(base / "config"),
        }
        self.runs = Runs(self.state)
        write(self.project, {"skyforge.toml": MANIFEST})
        os.mkfifo(self.project / "gate")

    def __call__(
        self, *arguments: object, stdin: bytes = b"", environ: Mapping[str, str] | None = None
    ) -> Done:
        """Run a command in this process."""
        written, complained = io.BytesIO(), io.BytesIO()
        out, err = (io.TextIOWrapper(one, encoding="utf-8") for one in (written, complained))
        here = Path.cwd()
        os.chdir(self.workspace)
        try:
            with (
                patch.dict(os.environ, {**self.environ, **(environ or {})}),
                patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
                redirect_stdout(out),
                redirect_stderr(err),
            ):
                code = run([str(one) for one in arguments])
        finally:
            os.chdir(here)
        out.flush()
        err.flush()
        return Done(code, written.getvalue(), complained.getvalue().decode())

    def process(self, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        """Start a command as a process of its own, its three streams in our hands.

        `program` is what the interpreter is given before it; by default, the program itself.
        """
        program = options.pop("program", ("-m", "skyforge_tui"))
        options = {
            "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
        } | options  # fmt: skip
        environ = os.environ | self.environ | options.pop("environ", {})
        command = (sys.executable, *program, *map(str, arguments))
        started: Any = subprocess.Popen(command, cwd=self.workspace, env=environ, **options)
        return cast("subprocess.Popen[bytes]", started)

    def trust(self) -> None:
        """Trust what the project declares."""
        done = self("trust", self.project)
        assert done.code == 0, done

    def launch(self, template: str, *arguments: object) -> int:
        """Launch a template and return the run's number."""
        done = self("runs", "launch", template, "--json", *arguments)
        assert done.code in (0, 1), done
        number = done.json["number"]
        assert isinstance(number, int)
        return number

    def open_gate(self, line: bytes) -> None:
        """Let the `gated` run go on and write a line; waits until it reads."""
        with (self.project / "gate").open("wb") as gate:
            gate.write(line)


def ended(process: subprocess.Popen[bytes], stdin: bytes | None = None) -> Done:
    """Wait for a process to end and return what it left."""
    out, err = process.communicate(stdin, timeout=PATIENCE_S)
    return Done(process.returncode, out or b"", (err or b"").decode())
