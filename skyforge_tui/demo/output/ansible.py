"""Plays a playbook: what `ansible-playbook` writes, in its colours, line by line."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from skyforge_tui.demo.output.book import Act, Book, Play
from skyforge_tui.demo.output.paint import (
    CYAN,
    GREEN,
    QUIET,
    RED,
    UNREACHABLE,
    WARNING,
    YELLOW,
    banner,
    painted,
    recap_line,
)
from skyforge_tui.demo.output.steps import Exit, Failure, Job, Recap, Say, Step, Tally

_PACE = 2.0
"""How much longer everything takes here than a task says."""
_BETWEEN_HOSTS_S = 0.12
_ALL = 0.2
"""Which share of what goes wrong goes wrong on every host."""
_GATHER = Act("Gathering Facts", seconds=0.8)
_LOST = "Failed to connect to the host via ssh: connect to host {host} port 22: No route to host"


class Performance:
    """One execution of a playbook."""

    def __init__(self, book: Book, job: Job) -> None:
        self._book = book
        self._job = job
        self._tallies: dict[str, Tally] = {}
        self._out: set[str] = set()
        self._notified: dict[str, list[str]] = defaultdict(list)
        self._doom = self._doomed_act()

    def _doomed_act(self) -> Act | None:
        """Choose what goes wrong this time; mostly nothing."""
        breakable = [
            act
            for play in self._book.plays
            for act in play.acts
            if act.loses or (act.breaks and not act.is_ignored)
        ]
        asked = str(self._job.answers.get("who", "")) == "fail"
        if breakable and (asked or self._job.dice.random() < self._book.fails):
            return self._job.dice.choice(breakable)
        return None

    def steps(self) -> Iterator[Step]:
        """Yield everything that is written."""
        if self._job.verbosity:
            yield Say("Using /etc/ansible/ansible.cfg as config file")
        for warning in self._book.warnings:
            yield Say(painted(f"[WARNING]: {warning}", WARNING))
        for play in self._book.plays:
            hosts = [host for host in self._hosts(play) if host not in self._out]
            size = play.batch or len(hosts)
            for first in range(0, max(len(hosts), 1), max(size, 1)):
                yield from self._play(play, hosts[first : first + size])
        yield Say("")
        yield Say(banner("PLAY RECAP"))
        tallies = tuple(sorted(self._tallies.values(), key=lambda one: one.host))
        for tally in tallies:
            yield Say(recap_line(tally))
        yield Recap(tallies)
        yield Say("")
        lost = any(one.unreachable for one in tallies)
        failed = any(one.failed for one in tallies)
        yield Exit(4 if lost and not failed else 2 if failed else 0)

    def _hosts(self, play: Play) -> list[str]:
        targets = self._job.targets()
        group = self._job.hosts.get(play.group, () if play.group != "all" else targets)
        return [host for host in targets if play.group == "all" or host in group]

    def _play(self, play: Play, hosts: Sequence[str]) -> Iterator[Step]:
        yield Say("", 0.4)
        yield Say(banner(f"PLAY [{self._filled(play.title)}]"))
        if not hosts:
            yield Say("skipping: no hosts matched")
            return
        for host in hosts:
            self._tallies.setdefault(host, Tally(host))
        acts = (_GATHER, *play.acts) if play.gathers else play.acts
        for act in acts:
            yield from self._act(act, hosts, "TASK")
            if self._out.issuperset(hosts):
                yield Say("")
                yield Say(banner("NO MORE HOSTS LEFT"))
                return
        for handler in play.handlers:
            waiting = [host for host in hosts if host in self._notified[handler.title]]
            if waiting:
                yield from self._act(handler, waiting, "RUNNING HANDLER")
        self._notified.clear()

    def _act(self, act: Act, hosts: Sequence[str], word: str) -> Iterator[Step]:
        left = [host for host in hosts if host not in self._out]
        title = f"{act.where} : {act.title}" if act.where else act.title
        yield Say("", 0.05)
        yield Say(banner(f"{word} [{self._filled(title)}]"))
        order = left[:1] if act.once else self._job.dice.sample(left, len(left))
        victims = self._victims(act, order)
        for place, host in enumerate(order):
            wait = _PACE * act.seconds * (0.8 + 0.4 * self._job.dice.random())
            first = wait if place == 0 else _BETWEEN_HOSTS_S
            yield from self._result(act, host, first, fails=host in victims)

    def _victims(self, act: Act, order: Sequence[str]) -> set[str]:
        """Choose the hosts on which an act fails."""
        dice = self._job.dice
        if act is self._doom:
            few = dice.randint(1, max(1, len(order) // 4))
            return set(dice.sample(order, len(order) if dice.random() < _ALL else few))
        if act.is_ignored or act.is_rescued:
            return {host for host in order if dice.random() < 0.15}
        return set()

    def _result(self, act: Act, host: str, wait: float, *, fails: bool) -> Iterator[Step]:
        tally, dice = self._tallies[host], self._job.dice
        if fails:
            yield from self._failed(act, host, wait)
            return
        if act.skips and dice.random() < act.skips:
            tally.skipped += 1
            yield Say(painted(f"skipping: [{host}]", CYAN), wait)
            return
        for left in range(act.retries, act.retries - self._attempts(act), -1):
            text = f"FAILED - RETRYING: [{host}]: {act.title} ({left} retries left)."
            yield Say(painted(text, QUIET), wait)
        changed = dice.random() < act.changes
        if changed and act.notifies:
            self._notified[act.notifies].append(host)
        tally.ok += 1
        tally.changed += changed
        if changed and act.diff is not None and self._job.shows_diff:
            yield from _diff(act.diff(host, self._job))
        for number, text in enumerate(self._lines(act, host, changed=changed)):
            yield Say(painted(text, YELLOW if changed else GREEN), 0 if number else wait)

    def _attempts(self, act: Act) -> int:
        if not act.retries or self._job.dice.random() < 0.4:
            return 0
        return self._job.dice.randint(1, max(1, act.retries // 2))

    def _lines(self, act: Act, host: str, *, changed: bool) -> Iterator[str]:
        word = "changed" if changed else "ok"
        if act.message is not None:
            data = json.dumps({"msg": act.message(host, self._job)}, indent=4, ensure_ascii=False)
            yield from f"{word}: [{host}] => {data}".splitlines()
        elif act.items:
            for item in act.items:
                yield f"{word}: [{host}] => (item={item})"
        elif self._job.verbosity:
            yield f"{word}: [{host}] => {json.dumps({'changed': changed})}"
        else:
            yield f"{word}: [{host}]"

    def _failed(self, act: Act, host: str, wait: float) -> Iterator[Step]:
        tally = self._tallies[host]
        if act.loses:
            tally.unreachable += 1
            self._out.add(host)
            reason = _LOST.format(host=host)
            answer = {"changed": False, "msg": reason, "unreachable": True}
            text = f"fatal: [{host}]: UNREACHABLE! => {json.dumps(answer)}"
            yield Say(painted(text, UNREACHABLE), wait + 3)
            yield Failure(host, act.title, reason)
            return
        reason = self._filled(act.breaks or "the condition is not true")
        answer = {"changed": False, "msg": reason}
        yield Say(painted(f"[ERROR]: Task failed: {reason}", RED), wait)
        yield Say(painted(f"fatal: [{host}]: FAILED! => {json.dumps(answer)}", RED))
        if act.is_ignored:
            tally.ok += 1
            tally.ignored += 1
            yield Say(painted("...ignoring", CYAN))
            return
        if act.is_rescued:
            tally.rescued += 1
            return
        tally.failed += 1
        self._out.add(host)
        yield Failure(host, act.title, reason)

    def _filled(self, text: str) -> str:
        return text.format_map(_Answers(self._job.answers))


class _Answers(dict[str, Any]):
    """The answers of a survey; what was not answered stays as it is written."""

    def __missing__(self, name: str) -> str:
        return f"{{{{ {name} }}}}"


def _diff(lines: Sequence[str]) -> Iterator[Step]:
    """Yield a change as `--diff` shows it."""
    yield Say("--- before")
    yield Say("+++ after")
    yield Say(painted(f"@@ -1,{len(lines)} +1,{len(lines)} @@", CYAN))
    colours = {"-": RED, "+": GREEN}
    for line in lines:
        colour = colours.get(line[:1])
        yield Say(line if colour is None else painted(line, colour))
    yield Say("")


def ansible(book: Book, job: Job) -> Iterator[Step]:
    """Play a playbook."""
    return Performance(book, job).steps()
