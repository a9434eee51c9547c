"""What pretended runs wrote: the same play under way, passed, failed, and cut short."""

from __future__ import annotations

from collections.abc import Iterator

GREEN, AMBER, RED, CYAN, PLAIN = "\x1b[0;32m", "\x1b[0;33m", "\x1b[1;31m", "\x1b[0;36m", "\x1b[0m"
SPINES, LEAFS, HOSTS = ("spine1", "spine2"), ("leaf1", "leaf2", "leaf3", "leaf4"), ("h1", "h2")
EVERYONE = (*SPINES, *LEAFS, *HOSTS)
WIDTH = 79
TASKS = 60

_ROLES = (
    ("base", ("read the plan", "check addresses", "set the clock", "copy keys")),
    ("bgp", ("load the model", "render neighbours", "push config", "wait for sessions")),
    ("evpn", ("vlans", "vnis", "route targets", "wait for routes")),
)
_FATAL = (
    f'{RED}fatal: [leaf3]: UNREACHABLE! => {{"changed": false, "msg": "Failed to connect to the '
    f'host via ssh: connection timed out", "unreachable": true}}{PLAIN}'
)
_DIFF = (
    "--- before: /etc/frr/frr.conf",
    "+++ after: /etc/frr/frr.conf",
    f"{CYAN}@@ -41,6 +41,7 @@ router bgp 65000{PLAIN}",
    "   neighbor 10.0.0.13 remote-as 65103",
    f"{GREEN}+  neighbor 10.0.0.14 remote-as 65104{PLAIN}",
    "   !",
)
RENDER, PUSH, WAIT = 23, 24, 25
"""The tasks that the story turns on."""
_NAMED = {1: "Gathering Facts", RENDER: "bgp : render neighbours", PUSH: "bgp : push config",
          WAIT: "bgp : wait for sessions"}  # fmt: skip


def _head(words: str) -> str:
    return f"{words} {'*' * (WIDTH - len(words))}"


def _result(word: str, host: str, more: str = "") -> str:
    tone = {"ok": GREEN, "changed": AMBER, "skipping": CYAN}[word]
    return f"{tone}{word}: [{host}]{more}{PLAIN}"


def _name(task: int) -> str:
    role, steps = _ROLES[task // 8 % len(_ROLES)]
    return _NAMED.get(task, f"{role} : {steps[task % len(steps)]}")


def _word(task: int, host: str) -> str:
    if host in HOSTS and (task % 3 == 0 or task > 18):
        return "" if task > 22 else "skipping"
    if task in (5, 12) or (host in SPINES and task == PUSH):
        return "changed"
    return "skipping" if host in LEAFS[1:3] and task == 18 else "ok"


def _task(task: int, hosts: tuple[str, ...]) -> Iterator[str]:
    yield _head(f"TASK [{_name(task)}]")
    for host in hosts:
        if word := _word(task, host):
            yield _result(word, host)
    yield ""


def _up_to_render(hosts: tuple[str, ...]) -> Iterator[str]:
    yield _head("PLAY [Prepare everything]")
    yield ""
    for task in range(1, RENDER):
        yield from _task(task, hosts)
    yield _head("PLAY [Deploy BGP on the edge]")
    yield ""


def _troubled() -> Iterator[str]:
    yield from _up_to_render(EVERYONE)
    yield _head(f"TASK [{_NAMED[RENDER]}]")
    yield _result("changed", "spine1", " => (item=10.0.0.14)")
    yield from _DIFF
    for host in ("spine2", "leaf1", "leaf2"):
        yield _result("ok", host)
    yield _FATAL
    yield _result("ok", "leaf4")
    yield ""
    yield _head(f"TASK [{_NAMED[PUSH]}]")
    yield _result("changed", "spine1")
    yield _result("changed", "spine2")
    yield _result("ok", "leaf1")
    yield "[WARNING]: Platform linux on host leaf2 is using the discovered Python interpreter"
    yield _result("ok", "leaf2")
    yield _result("changed", "leaf4")
    yield ""
    yield _head(f"TASK [{_NAMED[WAIT]}]")
    yield _result("ok", "spine1")
    yield f"{AMBER}FAILED - RETRYING: [leaf2]: {_NAMED[WAIT]} (29 retries left).{PLAIN}"


def _recap(failed: bool) -> Iterator[str]:
    yield _head("PLAY RECAP")
    for host in EVERYONE:
        bad = int(failed and host == "leaf3")
        counts = f"ok=57 changed=3 unreachable={bad} failed=0 skipped=1 rescued=0 ignored=0"
        yield f"{host:<27}: {counts}"


def _passed() -> Iterator[str]:
    yield from _up_to_render(EVERYONE)
    for task in range(RENDER, TASKS + 1):
        yield from _task(task, EVERYONE)
    yield from _recap(failed=False)


def _failed() -> Iterator[str]:
    yield from list(_troubled())[:-2]
    for host in ("spine1", "spine2", "leaf1", "leaf2", "leaf4"):
        yield _result("ok", host)
    yield ""
    yield from _recap(failed=True)


def written(lines: Iterator[str]) -> bytes:
    """Return lines as a process writes them."""
    return "".join(f"{one}\n" for one in lines).encode()


UNDER_WAY, PASSED, FAILED = written(_troubled()), written(_passed()), written(_failed())
