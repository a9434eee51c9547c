"""The playbook of those who have none: greet, work for a moment, and fail if asked to.

Its output is that of a recorded run: `who` is greeted, `who=fail` fails at the end, `who=slow`
works for twenty seconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from skyforge_tui.demo.output.paint import CYAN, GREEN, RED, YELLOW, banner, painted, recap_line
from skyforge_tui.demo.output.steps import Exit, Failure, Job, Recap, Say, Step, Tally

_TRACE = (
    "[ERROR]: Task failed: Action failed: boom",
    "Origin: {directory}/{playbook}:7:5",
    "",
    "5   - debug: msg=\"hello {{{{ inventory_hostname }}}} {{{{ who|default('?') }}}}\"",
    "6   - command: \"sleep {{{{ 20 if who|default('') == 'slow' else 1 }}}}\"",
    "7   - fail: msg=boom",
    "      ^ column 5",
    "",
)


def hello(job: Job) -> Iterator[Step]:
    """Play the playbook."""
    who = str(job.answers.get("who", "?"))
    hosts = job.targets()
    yield Say("", 0.8)
    yield Say(banner("PLAY [all]"))
    yield Say("", 0.01)
    yield Say(banner("TASK [debug]"))
    for host in hosts:
        yield Say(painted(f"ok: [{host}] => {{", GREEN), 0.02)
        yield Say(painted(f'    "msg": "hello {host} {who}"', GREEN))
        yield Say(painted("}", GREEN))
    yield Say("", 0.01)
    yield Say(banner("TASK [command]"))
    working = 20.0 if who == "slow" else 1.0
    for place, host in enumerate(hosts):
        yield Say(painted(f"changed: [{host}]", YELLOW), working if place == 0 else 0.06)
    yield Say("")
    yield Say(banner("TASK [fail]"))
    fails = who == "fail"
    tallies = tuple(
        Tally(host, ok=2, changed=1, failed=int(fails), skipped=int(not fails)) for host in hosts
    )
    if fails:
        for number, line in enumerate(_TRACE):
            text = line.format(directory=job.directory, playbook=job.playbook)
            yield Say(painted(text, RED), 0.05 if number == 0 else 0)
    for host in hosts:
        if fails:
            answer = '{"changed": false, "msg": "boom"}'
            yield Say(painted(f"fatal: [{host}]: FAILED! => {answer}", RED), 0.01)
            yield Failure(host, "fail", "boom")
        else:
            yield Say(painted(f"skipping: [{host}]", CYAN), 0.01)
    yield Say("")
    yield Say(banner("PLAY RECAP"))
    for tally in tallies:
        yield Say(recap_line(tally))
    yield Recap(tallies)
    yield Say("")
    yield Exit(2 if fails else 0)
