"""The course of one run: wait for a slot, start, record, stop if asked, tell how it ended."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from skyforge_tui.store.log_writer import LogWriter
from skyforge_tui.store.supervisor.bells import Bells, QueueBell
from skyforge_tui.store.supervisor.child import CannotStart, Child, Ending, environment_for
from skyforge_tui.store.supervisor.control import Control
from skyforge_tui.store.supervisor.loop import Loop
from skyforge_tui.store.supervisor.output import Output
from skyforge_tui.store.supervisor.places import EXIT, SPEC, STATUS, Places
from skyforge_tui.store.supervisor.prompt import Prompt
from skyforge_tui.store.supervisor.records import Record
from skyforge_tui.store.supervisor.slots import SlotQueue
from skyforge_tui.store.supervisor.stopping import Stopping

_QUEUE_LOOK_S = 2.0
"""How often a waiting run looks by itself: a supervisor that was killed rings no bell."""
_QUIET_S = 2.0
"""How long the output must be quiet to end a run whose process left others behind."""
_LINGER_S = 2.0


class Supervision:
    """Owns one run from birth to exit record; `secrets` are environment variables, in memory only.

    Raises:
        OSError: the run's directory, its socket or the queue cannot be used.
    """

    def __init__(self, directory: Path, secrets: Mapping[str, str]) -> None:
        asked = json.loads((directory / SPEC).read_bytes())
        self._spec: dict[str, Any] = asked["spec"]
        self._launch: dict[str, Any] = asked["launch"]
        self._secrets = secrets
        number = int(directory.name)
        places = Places(directory.parent.parent)
        places.make_sockets()
        self._exit = Record(directory / EXIT)
        self._exit.set_aside()
        self._status_record = Record(directory / STATUS)
        self._log = LogWriter(directory)
        self._loop = Loop()
        self._loop.on_signals((signal.SIGCHLD, signal.SIGTERM), self._on_signal)
        self._output = Output(self._loop, self._log, self._on_output)
        self._stopping = Stopping(self._loop, tuple(self._launch["stop_spans_s"]), self._send)
        self._queue = SlotQueue(places, number, int(self._launch["slots"]))
        self._bells = Bells(places.bells, self._loop, number)
        self._queue_bell = QueueBell(places.bells, self._loop, number, self._try_start)
        self._control = Control(self._loop, places.control(number), self._on_request)
        self._child: Child | None = None
        self._prompt: Prompt | None = None
        self._status: dict[str, Any] = {"state": "waiting", "started_at": None}
        self._notes: dict[str, str] = {}
        self._is_leader_gone = False
        self._is_over = False
        self._queue.join()
        self._changed()

    def run(self) -> None:
        """See the run through to its exit record."""
        self._bells.ring()
        self._try_start()
        while not self._is_over:
            self._loop.turn()
        self._loop.after("linger", _LINGER_S, lambda: None)
        while not self._bells.all_heard and self._loop.is_due("linger"):
            self._loop.turn()
        self._bells.close()

    def give_up(self, why: str) -> None:
        """End before anything was started, because whoever asked for the run is gone."""
        self._notes["start"] = why
        self._end("error", None)

    def _try_start(self) -> None:
        if self._is_over or self._child is not None:
            return
        if not self._queue.try_enter():
            self._loop.after("queue", _QUEUE_LOOK_S, self._try_start)
            return
        self._loop.cancel("queue")
        self._queue_bell.close()
        self._become("starting")
        try:
            self._child = Child(
                self._spec["command"],
                self._spec["directory"],
                self._environment(),
                terminal=self._spec["terminal"],
                columns=self._spec["columns"],
                rows=self._spec["rows"],
            )
        except CannotStart as error:
            self._notes["start"] = str(error)
            self._end("error", None)
            return
        self._secrets = {}
        self._status["started_at"] = _now_ms()
        if self._spec["terminal"]:
            self._prompt = Prompt(self._loop, self._child, self._changed)
        self._output.attach(self._child.master)
        self._become("running")
        # It may have ended before its signal could be told apart from silence.
        self._on_signal(signal.SIGCHLD)

    def _environment(self) -> dict[str, str]:
        names = {
            "SKYFORGE_RUN_ID": self._launch["run_id"],
            "SKYFORGE_RUN_NUMBER": str(self._launch["number"]),
            # As a shell says it after `cd`: netlab and others write where this says they are.
            "PWD": self._spec["directory"],
        }
        added = {**self._spec["environment"], **names}
        return environment_for(os.environ, added, self._secrets)

    # What happens

    def _on_output(self, data: bytes) -> None:
        if self._output.stall:
            self._note("stall", f"output stalled: {self._output.stall}")
            if self._prompt:
                self._prompt.pause()
        else:
            self._note("stall", "")
        if data:
            self._control.grew(self._output.size)
        if self._prompt and not self._output.stall:
            self._prompt.saw(data)
        self._look_for_end()

    def _on_signal(self, number: int) -> None:
        if number == signal.SIGTERM:
            self._notes["stop"] = "its supervisor was told to terminate"
            self._stop()
        elif self._child and not self._is_leader_gone and self._child.has_exited():
            self._is_leader_gone = True
            self._stopping.leader_gone()
            self._output.look_again()
            self._look_for_end()

    def _on_request(self, request: dict[str, Any]) -> dict[str, Any]:
        match request["op"]:
            case "stop":
                # The reply goes first: a stop may be the end of the socket it came through.
                self._loop.after("asked to stop", 0, self._stop)
            case "answer":
                return self._answer(request.get("data", ""))
            case _:
                return {"error": f"no such request: {request['op']}"}
        return {"ok": True}

    def _answer(self, text: object) -> dict[str, Any]:
        if self._prompt is None:
            return {"error": "it has no terminal" if self._child else "it is not running yet"}
        try:
            data = base64.b64decode(str(text), validate=True)
        except binascii.Error:
            return {"error": "the answer is not base64"}
        if not self._prompt.answer(data):
            return {"error": "it does not read what it was answered"}
        return {"ok": True}

    def _stop(self) -> None:
        if self._is_over:
            return
        if self._child is None:
            self._end("stopped", None)
            return
        if not self._stopping.is_asked:
            self._become("stopping")
        self._stopping.step()
        self._look_for_end()

    def _send(self, number: int) -> None:
        if self._child and not self._child.signal_group(number):
            self._note("stop", "what it started may not be signalled by this user")
        if self._stopping.is_exhausted:
            self._look_for_end()

    # How it ends

    def _look_for_end(self) -> None:
        """End when the leader is gone and all output is stored, or nothing more can be hoped for.

        A stop waits for leftovers of the group until they were killed; without one, processes left
        in the background have the last word until they are quiet.
        """
        if not self._is_leader_gone or self._is_over:
            return
        if self._output.is_at_end and not self._output.held_bytes:
            self._finish()
        elif self._stopping.is_exhausted:
            # Once only: bytes that keep coming from outside the group must not put this off.
            if not self._loop.is_due("quiet end"):
                self._loop.after("quiet end", _QUIET_S, self._finish)
        elif self._stopping.is_asked or self._output.held_bytes:
            self._loop.cancel("quiet end")
        else:
            self._loop.after("quiet end", _QUIET_S, self._finish)

    def _finish(self) -> None:
        if self._child is None or self._is_over:
            return
        if self._output.held_bytes:
            held = self._output.held_bytes
            self._notes["stall"] = f"at least {held} bytes were not stored: {self._output.stall}"
        elif not self._output.is_at_end:
            self._notes["end"] = "a process it left behind kept its output open"
        self._stopping.over()
        self._output.detach()
        if self._prompt:
            self._prompt.close()
        if self._stopping.is_asked:
            self._child.signal_group(signal.SIGKILL)
        ending = self._child.reap()
        if self._stopping.is_asked:
            self._end("stopped", ending)
        else:
            self._end("success" if ending.exit_code == 0 else "error", ending)

    def _end(self, state: str, ending: Ending | None) -> None:
        """Write the exit record, then tell everybody; the last act."""
        self._is_over = True
        self._secrets = {}
        self._log.close()
        self._status["state"] = state
        used = {} if ending is None else asdict(ending)
        record = {**self._told(), **used, "ended_at": _now_ms()}
        self._exit.publish(record)
        self._status_record.remove()
        self._queue.leave()
        self._queue_bell.close()
        self._control.tell(self._told())
        self._control.close()
        self._bells.ring()

    # What is told

    def _become(self, state: str) -> None:
        self._status["state"] = state
        self._changed()
        self._bells.ring()

    def _note(self, about: str, text: str) -> None:
        if self._notes.get(about, "") != text:
            self._notes[about] = text
            self._changed()

    def _changed(self) -> None:
        told = self._told()
        # On a full disk the old status stands; watchers are told the new one all the same.
        with contextlib.suppress(OSError):
            self._status_record.publish(told)
            self._status_record.set_aside()
        self._control.tell(told)

    def _told(self) -> dict[str, Any]:
        return {
            **self._status,
            "waits_for_input": self._prompt is not None and self._prompt.waits,
            "note": "; ".join(note for note in self._notes.values() if note),
        }


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
