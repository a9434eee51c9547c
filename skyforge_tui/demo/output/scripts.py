"""What scripts of the pretend company write, whatever they are written in."""

from __future__ import annotations

from collections.abc import Iterator

from skyforge_tui.demo.output.steps import Exit, Job, Say, Step

_NODES = ("r1", "r2", "r3", "h1")


def netlab(job: Job) -> Iterator[Step]:
    """Bring a virtual lab up, and leave word of it for whoever reads the output."""
    lab = str(job.answers.get("lab") or "ospf-basics")
    yield Say(f"[INFO] Reading topology {lab}/topology.yml", 0.4)
    yield Say("[CREATED] provider configuration file: clab.yml", 0.3)
    yield Say("[CREATED] transformed topology dump in YAML format in netlab.snapshot.yml")
    yield Say("[GROUPS]  group_vars for all")
    for node in _NODES:
        yield Say(f"[HOSTS]   host_vars for {node}", 0.05)
    yield Say("┌──────────────────────────────────────────────────────┐", 0.6)
    yield Say("│ STARTING clab nodes                                  │")
    yield Say("└──────────────────────────────────────────────────────┘")
    for node in _NODES:
        yield Say(f"INFO Created container: {lab}-{node}", 0.8)
        waiting = f"INFO {node}: waiting for its shell"
        ready = f"INFO {node}: ready".ljust(len(waiting))  # what is written over leaves no rest
        yield Say(f"\r{waiting}\r{ready}", 0.4)
    if job.dice.random() < 0.15:
        yield Say("\x1b[31m[FATAL]   netlab: r3 did not start within 120 seconds\x1b[0m", 3.0)
        yield Exit(1)
        return
    yield Say(f"[SUCCESS] Lab {lab} is up, {len(_NODES)} nodes")
    yield Say(f"SKYFORGE_OUTPUT {lab}=running")
    yield Say(f"SKYFORGE_ARTIFACT topology={lab}/netlab.snapshot.yml")
    yield Exit(0)


def soak(job: Job) -> Iterator[Step]:
    """Send traffic for a while and count what gets lost; `rounds` says how long."""
    rounds = _whole(job, "rounds", 60)
    lost = 0
    yield Say(f"sending 10 kpps for {rounds} rounds")
    for number in range(1, rounds + 1):
        lost += job.dice.random() < 0.05
        yield Say(f"round {number:>4}/{rounds}  sent {number * 10_000}  lost {lost}", 1.0)
    yield Say("\x1b[32mgood enough\x1b[0m" if lost < 6 else "\x1b[31mtoo much lost\x1b[0m")
    yield Exit(0 if lost < 6 else 1)


def flood(job: Job) -> Iterator[Step]:
    """Write `rate` lines a second for `seconds`, each with its number."""
    rate, seconds = _whole(job, "rate", 50), _whole(job, "seconds", 60)
    for number in range(rate * seconds):
        yield Say(f"line {number:06d} of run {job.answers.get('name', '')}".rstrip(), 1 / rate)
    yield Exit(0)


def cleanup(job: Job) -> Iterator[Step]:
    """Remove what nobody uses any more."""
    for number in range(job.dice.randint(4, 14)):
        yield Say(f"removing image build-{2400 + number}", 0.3)
        if number % 5 == 4:
            yield Say("  \x1b[33mstill in use, skipped\x1b[0m")
    yield Say(f"freed {job.dice.randint(3, 90)} GB", 0.5)
    yield Exit(0)


def _whole(job: Job, name: str, default: int) -> int:
    """Return an answer that is a whole number."""
    text = str(job.answers.get(name, default))
    return int(text) if text.isdecimal() else default
