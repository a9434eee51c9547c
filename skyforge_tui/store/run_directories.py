"""Directories of local runs: numbered, handed to a supervisor each, read back as domain runs."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.run import ResourceUse, RunDetail, RunSpec
from skyforge_tui.ports.run_directories import Reservation
from skyforge_tui.store.hindrance import hindrance
from skyforge_tui.store.log_format import current_log
from skyforge_tui.store.run_told import Told, as_lost, as_run
from skyforge_tui.store.supervisor import locks
from skyforge_tui.store.supervisor.places import EXIT, LOCK, SPEC, STATUS, Places, number_of
from skyforge_tui.store.supervisor.records import encode, write_whole

_LAST_NUMBER = ".last"
"""The highest number ever given, so that a removed run's number does not return."""
_BIRTH_S = 10.0
_ABANDON_S = 2.0
_BOOTSTRAP = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from skyforge_tui.store.supervisor.birth import main; sys.exit(main(sys.argv[2:]))"
)
_PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])


class FileRunDirectories:
    """Implements `RunDirectories` below `<state_dir>/runs`.

    `slots` is how many runs may run at once; `stop_spans_s` the seconds a stop waits after
    INT and after TERM.
    """

    def __init__(
        self,
        state_dir: Path,
        *,
        slots: int = 4,
        upstream: str = LOCAL,
        stop_spans_s: tuple[float, float] = (10.0, 5.0),
    ) -> None:
        # Every process must mean the same place, by whatever link it came.
        self._places = Places(Path(os.path.realpath(state_dir)))
        self._slots = slots
        self._upstream = upstream
        self._stop_spans_s = stop_spans_s

    def reserve(self, spec: RunSpec, secret_environment: Mapping[str, str]) -> Reservation:
        """Create the next run directory with `spec` in it and return how to start it."""
        try:
            number = self._create_directory()
            lock = self._fill_directory(number, spec)
        except OSError as error:
            raise self._unwritable(error) from error
        directory = str(self._places.run(number))
        boot = (sys.executable, "-I", "-S", "-c", _BOOTSTRAP, _PACKAGE_PARENT)
        return Reservation(
            number=number,
            command=(*boot, directory, str(lock)),
            secrets=encode(dict(secret_environment)),
            pass_fds=(lock,),
        )

    def started(self, reservation: Reservation) -> None:
        """Close our copies of the descriptors; the supervisor holds its own."""
        for fd in reservation.pass_fds:
            os.close(fd)

    def abandon(self, reservation: Reservation, reason: str) -> None:
        """Record that the supervisor could not be started, unless it lives after all."""
        self.started(reservation)
        directory = self._places.run(reservation.number)
        lock = None
        deadline = time.monotonic() + _ABANDON_S
        while lock is None and time.monotonic() < deadline:
            lock = locks.try_hold(directory / LOCK)
            if lock is None:
                time.sleep(0.01)
        if lock is None:
            return
        if not (directory / EXIT).exists():
            record = {"state": "error", "ended_at": time.time_ns() // 1_000_000, "note": reason}
            # Without room for the record the run reads as lost, which is true as well.
            with contextlib.suppress(OSError):
                write_whole(directory / EXIT, encode(record))
        os.close(lock)

    def numbers(self) -> list[int]:
        """Return the numbers of all runs, ascending."""
        try:
            # A hundred thousand Path objects would take their time.
            names = os.listdir(self._places.runs)  # noqa: PTH208
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unreadable(self._places.runs, error) from error
        return sorted(number for name in names if (number := number_of(name)) is not None)

    def read(self, number: int) -> RunDetail:
        """Return the run as its directory tells it; dead without exit record is LOST."""
        directory = self._places.run(number)
        spec = self._read_spec(directory)
        told = self._read_told(directory / EXIT)
        is_lost = False
        if told is None:
            is_alive = locks.is_held(directory / LOCK)
            # It may have ended between the two looks.
            told = self._read_told(directory / EXIT)
            if told is None:
                told = self._read_told(directory / STATUS) or Told()
                is_lost = not is_alive
        try:
            output = _stat(current_log(directory))
        except (OSError, ValueError) as error:
            raise self._unreadable(directory, error) from error
        run = as_run(self._upstream, number, spec, told, output)
        if is_lost:
            run = as_lost(run, output or _stat(directory / SPEC))
        use = None
        if told.user_s is not None:
            use = ResourceUse(told.user_s, told.system_s, told.max_rss_bytes)
        return RunDetail(run=run, spec=spec, use=use)

    def live(self) -> list[int]:
        """Return the numbers of the runs whose supervisor is alive; cheap however many ended."""
        try:
            sockets = [path for path in self._places.sockets.iterdir() if path.suffix == ".sock"]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unreadable(self._places.sockets, error) from error
        found = []
        for number in (number_of(path.stem) for path in sockets):
            if number is None:
                continue
            if self.control_path(number) is not None:
                found.append(number)
            elif not locks.is_held(self._places.run(number) / LOCK):
                # Left by a supervisor that was killed; its number never returns.
                self._places.control(number).unlink(missing_ok=True)
        return sorted(found)

    def bells(self) -> str:
        """Return the directory in which watchers bind datagram sockets called `<any>.bell`."""
        try:
            self._places.make_sockets()
        except OSError as error:
            raise self._unwritable(error) from error
        return str(self._places.bells)

    def control_path(self, number: int) -> str | None:
        """Return the path of the supervisor's control socket, or None when it is not alive."""
        directory = self._places.run(number)
        try:
            if (directory / EXIT).exists() or not locks.is_held(directory / LOCK):
                return None
        except OSError as error:
            raise self._unreadable(directory / LOCK, error) from error
        return str(self._places.control(number))

    def _create_directory(self) -> int:
        """Create a directory with a number that was never used, and return the number."""
        runs = self._places.runs
        runs.mkdir(mode=0o700, parents=True, exist_ok=True)
        counter = locks.hold(runs / _LAST_NUMBER)
        try:
            last = number_of(os.pread(counter, 20, 0).decode("ascii", "replace").strip())
            if last is None:
                last = max(self.numbers(), default=0)
            number = last + 1
            while self._places.run(number).exists():
                number += 1
            os.pwrite(counter, b"%20d" % number, 0)
            self._places.run(number).mkdir(mode=0o700)
            return number
        finally:
            os.close(counter)

    def _fill_directory(self, number: int, spec: RunSpec) -> int:
        """Take the lock and write the spec; return the descriptor that holds the lock."""
        directory = self._places.run(number)
        launch = {
            "number": number,
            "run_id": f"{self._upstream}:{number}",
            "slots": self._slots,
            "stop_spans_s": self._stop_spans_s,
        }
        lock = -1
        try:
            lock = locks.hold(directory / LOCK)
            # Any mapping will do for a spec, but only a dict can be written.
            plain = replace(spec, environment=dict(spec.environment), answers=dict(spec.answers))
            record = {"version": 1, "spec": msgspec.to_builtins(plain), "launch": launch}
            write_whole(directory / SPEC, encode(record))
        except OSError:
            if lock >= 0:
                os.close(lock)
            shutil.rmtree(directory, ignore_errors=True)
            raise
        return lock

    def _read_spec(self, directory: Path) -> RunSpec:
        path = directory / SPEC
        try:
            return _with_zone(msgspec.convert(json.loads(path.read_bytes())["spec"], RunSpec))
        except FileNotFoundError:
            found = _stat(directory)
            if found is None:
                message = f"there is no run {directory.name}"
            elif time.time() - found.st_mtime < _BIRTH_S:
                message = f"run {directory.name} is only just being created"
            else:
                raise self._unreadable(path, "it is missing") from None
            raise NotFound(message, upstream=self._upstream) from None
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise self._unreadable(path, error) from error

    def _read_told(self, path: Path) -> Told | None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Told)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            raise self._unreadable(path, error) from error

    def _unreadable(self, path: Path, error: object) -> Unavailable:
        if not isinstance(error, OSError):
            return Unavailable(f"{path} cannot be read: {error}", upstream=self._upstream)
        return Unavailable(
            f"{path} cannot be read: {hindrance(self._places.runs, error)}",
            upstream=self._upstream,
            advice=f"let yourself read {self._places.state}, or set state_dir elsewhere",
        )

    def _unwritable(self, error: OSError) -> Unavailable:
        what = error.filename or self._places.state
        return Unavailable(
            f"{what} cannot be written: {hindrance(self._places.runs, error)}",
            upstream=self._upstream,
            advice=f"make room in {self._places.state} and let yourself write there, "
            "or set state_dir elsewhere",
        )


def _with_zone(spec: RunSpec) -> RunSpec:
    """Return the spec; a time that is none anywhere is not one.

    Raises:
        ValueError: its time has no zone.
    """
    if spec.created_at.tzinfo is None:
        raise ValueError("created_at has no time zone")
    return spec


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
