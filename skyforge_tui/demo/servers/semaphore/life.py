"""The life of runs: waiting, starting, running, maybe a question, and an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from skyforge_tui.demo.clock import SECOND, Cancel
from skyforge_tui.demo.estate import Commit
from skyforge_tui.demo.output.programs import perform
from skyforge_tui.demo.output.steps import Ask, Exit, Failure, Recap, Say, Step
from skyforge_tui.demo.servers.semaphore import wording
from skyforge_tui.demo.servers.semaphore.jobs import job_of
from skyforge_tui.demo.servers.semaphore.queueing import has_room
from skyforge_tui.demo.servers.semaphore.runs import Run
from skyforge_tui.demo.servers.semaphore.starting import start
from skyforge_tui.demo.servers.semaphore.state import Room, State
from skyforge_tui.demo.servers.semaphore.telling import Teller
from skyforge_tui.demo.servers.semaphore.things import TaskRequest, Template

_TICK_S = 5
_CONFIRMED_S = 0.3
_CAUGHT_UP = 5 * SECOND
"""So much lateness is made up for: a machine that slept does not write all of it at once."""


@dataclass(slots=True)
class Course:
    """A run that the server holds, and what comes next in it."""

    run: Run
    steps: Iterator[Step] = field(default_factory=lambda: iter(()))
    cancel: Cancel | None = None
    due: int = 0
    """When the next step was to come: steps that come late do not make those after them late."""
    is_started: bool = False
    is_stopping: bool = False


class Life:
    """Carries all runs of a server on."""

    def __init__(self, state: State, teller: Teller) -> None:
        self._state = state
        self._teller = teller
        self._courses: dict[int, Course] = {}
        self._looks: Cancel | None = None

    def holds(self, run: Run) -> bool:
        """Say whether the server knows anything of this run beside what is stored."""
        return run.id in self._courses

    def begin(self, run: Run) -> None:
        """Put a new run into the queue."""
        self._courses[run.id] = Course(run)
        self._teller.admit(run)
        self._teller.say(run, wording.queued(run))
        self._teller.tell(run)
        self._look_soon(self._state.habits.queue_s)

    def stop(self, run: Run, *, force: bool) -> None:
        """End a run; of one that nobody holds only the status is changed."""
        if run.is_over:
            return
        course = self._courses.get(run.id)
        if course is None:
            self._end(run, "stopped")
            return
        if course.is_stopping and not force:
            return
        if run.status == "waiting_confirmation" and self._state.habits.stop_reverts:
            self._turn(run, "stopping")
            self._turn(run, "waiting_confirmation")
            return
        course.is_stopping = True
        if force and course.is_started:
            self._call_off(course)
            self._end(course.run, "stopped")
            return
        self._turn(run, "stopping")
        if course.is_started:  # else the queue does it when it comes by
            self._call_off(course)
            self._later(course, self._state.habits.stop_s, lambda: self._killed(course))

    def confirm(self, run: Run) -> bool:
        """Go on with a run that waits for confirmation; return whether one did."""
        course = self._courses.get(run.id)
        if course is None or run.status != "waiting_confirmation":
            return False
        self._turn(run, "confirmed")
        self._later(course, _CONFIRMED_S, lambda: self._resume(course))
        return True

    def reject(self, run: Run) -> bool:
        """Give up a run that waits for confirmation; return whether one did."""
        course = self._courses.get(run.id)
        if course is None or run.status != "waiting_confirmation":
            return False
        self._turn(run, "rejected")
        self._teller.say(run, wording.failed(self._state.habits.version, "task rejected"))
        self._end(course.run, "error")
        return True

    def drop(self, run: Run) -> None:
        """Let go of a run that is deleted."""
        if (course := self._courses.pop(run.id, None)) is not None:
            self._call_off(course)

    def forget(self) -> None:
        """Let go of all runs, as a server does that is started anew: they stay as they are."""
        for course in self._courses.values():
            self._call_off(course)
        self._courses.clear()

    def _look_soon(self, seconds: float) -> None:
        """Look at the queue in a while; old servers do so every five seconds."""
        if self._looks is not None:
            return
        if self._state.habits.version.ticks:
            seconds = _TICK_S - self._state.estate.clock.now() % (_TICK_S * SECOND) / SECOND
        self._looks = self._state.estate.clock.after(seconds, self._look)

    def _look(self) -> None:
        self._looks = None
        for course in [one for one in self._courses.values() if not one.is_started]:
            if course.run.is_over:
                continue
            if course.is_stopping:
                self._end(course.run, "stopped")
                continue
            busy = [one.run for one in self._courses.values() if one.is_started]
            if has_room(self._state, busy, course.run):
                self._start(course)

    def _start(self, course: Course) -> None:
        course.is_started = True
        run = course.run
        room = self._state.rooms[run.project_id]
        template = room.templates[run.template_id]
        self._turn(run, "starting")
        for line in wording.beginning(run, template):
            self._teller.say(run, line)
        run.start = self._state.estate.clock.now()
        self._turn(run, "running")
        for line in wording.preparing(run, room, template):
            self._teller.say(run, line)
        if (commit := self._newest_commit(room, template)) is not None and not run.commit_hash:
            run.commit_hash, run.commit_message = commit.sha, commit.message
        dice = self._state.estate.dice("run", run.id)
        course.steps = perform(job_of(run, room, template, dice))
        self._teller.stage(run, "running")
        self._set_out(course)

    def _newest_commit(self, room: Room, template: Template) -> Commit | None:
        repository = room.repositories.get(template.repository_id)
        known = repository and self._state.estate.repository(repository.git_url)
        return known.commits[0] if known else None

    def _resume(self, course: Course) -> None:
        self._turn(course.run, "running")
        self._set_out(course)

    def _set_out(self, course: Course) -> None:
        """Take steps from now on."""
        course.due = self._state.estate.clock.passed()
        self._go_on(course)

    def _go_on(self, course: Course) -> None:
        """Take steps until one needs time, an answer, or is the last."""
        for step in course.steps:
            match step:
                case Say(text, after) if after > 0:
                    passed = self._state.estate.clock.passed()
                    course.due = max(course.due, passed - _CAUGHT_UP) + round(after * SECOND)
                    wait_s = max(course.due - passed, 0) / SECOND
                    self._later(course, wait_s, partial(self._said, course, text))
                    return
                case Say(text):
                    self._teller.say(course.run, text)
                case Ask():
                    self._turn(course.run, "waiting_confirmation")
                    return
                case Recap(tallies):
                    course.run.tallies = tallies
                case Failure():
                    course.run.failures.append(step)
                case Exit(code):
                    if code:
                        version = self._state.habits.version
                        self._teller.say(course.run, wording.failed(version, f"exit status {code}"))
                    self._end(course.run, "error" if code else "success")
                    return

    def _said(self, course: Course, text: str) -> None:
        self._teller.say(course.run, text)
        self._go_on(course)

    def _killed(self, course: Course) -> None:
        version = self._state.habits.version
        self._teller.say(course.run, wording.failed(version, "signal: killed"))
        self._end(course.run, self._state.habits.stop_ends_as)

    def _later(self, course: Course, seconds: float, call: Callable[[], None]) -> None:
        course.cancel = self._state.estate.clock.after(seconds, call)

    def _call_off(self, course: Course) -> None:
        if course.cancel is not None:
            course.cancel()

    def _turn(self, run: Run, status: str) -> None:
        run.status = status
        self._teller.tell(run)

    def _end(self, run: Run, status: str) -> None:
        """Store the terminal status at once, and the time of the end a little later."""
        self._teller.stage(run, "")
        self._turn(run, status)
        self._state.estate.clock.after(self._state.habits.end_lag_s, lambda: self._ended(run))

    def _ended(self, run: Run) -> None:
        run.end = self._state.estate.clock.now()
        if self._courses.pop(run.id, None) is not None:
            self._look_soon(0)
        self._teller.tell(run)
        self._teller.note(run)
        if run.id in self._state.runs:
            self._follow(run)

    def _follow(self, run: Run) -> None:
        """Do what the end of a run leads to: deploys of what was built, fewer runs of the past."""
        room = self._state.rooms[run.project_id]
        if run.status == "success":
            for template in room.templates.values():
                if template.autorun and template.build_template_id == run.template_id:
                    request = TaskRequest(template_id=template.id, build_task_id=run.id)
                    account = self._state.accounts.get(run.user_id or 0)
                    self.begin(start(self._state, room, account, request))
        most = self._state.habits.max_runs_per_template
        kept = list(self._state.runs_in(run.project_id, run.template_id))
        for old in kept[most:] if most else ():
            if old.is_over:
                self._state.drop_run(old)
