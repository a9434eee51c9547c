"""Speaks as netlab 26.10 does: its output, its exit codes, its status file; it starts nothing.

Source: netlab 26.10, its commands; before 26.02 there is no `status --format`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from skyforge_tui.demo.programs.netlab_state import (
    LOCK,
    RELEASE,
    SNAPSHOT,
    Options,
    fatal,
    instance_of,
    keep,
    labs,
    note,
    say,
    topology,
)


def create(options: Options) -> dict[str, Any]:
    """Make the files of a lab."""
    found = topology(options.get("topology", "topology.yml"))
    say("[CREATED] provider configuration file: clab.yml", pause=True)
    say("[CREATED] transformed topology dump in pickle format in netlab.snapshot.pickle")
    say(f"[CREATED] host_vars for {', '.join(found['nodes'])}")
    say("[CREATED] minimized Ansible inventory hosts.yml", pause=True)
    SNAPSHOT.write_bytes(b"pretend")
    Path("clab.yml").write_text(f"name: {found['name']}\n", "utf-8")
    return found


def up(options: Options) -> int:
    """Bring a lab up."""
    instance = instance_of(options)
    entry = labs().get(instance)
    if LOCK.exists():
        fatal("Cannot start another lab in the same directory")
    if entry and entry["dir"] != str(Path.cwd()):
        note(instance, f"conflict -- trying to start lab in {Path.cwd()}")
        fatal(f"Another lab with instance {instance} is running in {entry['dir']}")
    found = create(options)
    LOCK.write_text("netlab lock file, do not remove\n", "utf-8")
    entries = labs()
    entries[instance] = {"dir": str(Path.cwd()), "log": [], "name": found["name"],
                         "providers": [found["provider"]]}  # fmt: skip
    keep(entries)
    note(instance, "starting lab")
    note(instance, f"starting provider {found['provider']}")
    say("┌──────────────────────────────────────────────────────────────────────┐")
    say(f"│ CHECKING virtualization provider installation ({found['provider']})")
    say("└──────────────────────────────────────────────────────────────────────┘", pause=True)
    if found["provider"] == "external":
        _ask("Do you want to continue [y/n]: ")
    for node in found["nodes"]:
        say(f'INFO Creating container name="{node}"', pause=True)
        if node in found.get("fails", ()):
            note(instance, f"ERROR: containerlab: {node}: no such image", is_status=False)
            fatal(f"Cannot start node {node}")
    note(instance, f"{found['provider']} workload started")
    _configure(instance, found)
    note(instance, "started")
    say("[SUCCESS] Lab devices configured")
    if message := found.get("message"):
        say(message)
    return 0


def _ask(question: str) -> None:
    sys.stdout.write(question)
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() != "y":
        fatal("Aborted by user")


def _configure(instance: str, found: dict[str, Any]) -> None:
    note(instance, "deploying initial configuration")
    say("PLAY [Deploy initial device configuration] " + "*" * 37)
    for task in ("Deploy initial configuration", "run vtysh to import initial config"):
        say(f"\nTASK [{task}] " + "*" * 40, pause=True)
        for node in found["nodes"]:
            say(f"changed: [{node}]", pause=True)
    say("\nPLAY RECAP " + "*" * 69)
    for node in found["nodes"]:
        say(f"{node:<26} : ok=4    changed=2    unreachable=0    failed=0    skipped=1")
    note(instance, "initial configuration complete")


def down(options: Options) -> int:
    """Take a lab down."""
    instance = instance_of(options)
    entry = labs().get(instance)
    if entry is None or entry["dir"] != str(Path.cwd()):
        if "--force" not in options:
            fatal("The lab is not running in this directory")
        entry = {"providers": ["clab"]}
    note(instance, "lab shutdown requested")
    note(instance, f"stopping {entry['providers'][0]} provider")
    for node in topology()["nodes"]:
        say(f'INFO Removed container name="{node}"', pause=True)
    entries = labs()
    entries.pop(instance, None)
    keep(entries)
    LOCK.unlink(missing_ok=True)
    if "--cleanup" in options:
        SNAPSHOT.unlink(missing_ok=True)
        Path("clab.yml").unlink(missing_ok=True)
    return 0


def restart(options: Options) -> int:
    """Take a lab down and bring it up again; what makes it one of several is no option here."""
    if unknown := {"--plugin", "-s"} & options.keys():
        sys.stderr.write(f"netlab restart: error: unrecognized arguments: {min(unknown)}\n")
        return 2
    return down(options) or up(options)


def status(options: Options) -> int:
    """Tell of the labs."""
    if options.get("--format") and RELEASE < "26.02":
        sys.stderr.write("netlab status: error: unrecognized arguments: --format\n")
        return 2
    entries, wanted = labs(), options.get("-i") or options.get("--instance")
    if not entries:
        say(json.dumps({"warning": "No netlab-managed labs"}))
        return 1
    if wanted is None:
        say(json.dumps(entries))
    elif wanted not in entries:
        say(json.dumps({"error": f"Unknown lab instance {wanted}"}))
    elif entries[wanted].get("status") != "started":
        say(json.dumps({"error": "Lab is not started, cannot display node/tool status"}))
    else:
        entry = entries[wanted]
        os.chdir(entry["dir"])
        say(json.dumps(entry | {"topology": "topology.yml", "nodes": _running(entry["name"])}))
    return 0


def _running(name: str) -> dict[str, Any]:
    return {
        node: {"device": one["device"], "image": one["box"], "mgmt": one["mgmt"]["ipv4"],
               "connection": "docker", "provider": "clab", "provider_name": one["hostname"],
               "status": "Up 2 minutes"}
        for node, one in _nodes(name).items()
    }  # fmt: skip


def _nodes(name: str) -> dict[str, Any]:
    found = topology()
    return {
        node: {"name": node, "id": number, "device": found["defaults.device"], "box": "frr:10.5.2",
               "hostname": f"clab-{name}-{node}", "provider": found["provider"],
               "mgmt": {"ipv4": f"192.168.121.{100 + number}", "ifname": "eth0"},
               "ansible_connection": "docker"}
        for number, node in enumerate(found["nodes"], 1)
    }  # fmt: skip


def inspect(options: Options) -> int:
    """Print a part of the topology."""
    key, found = options.get("topology", ""), topology()
    parts: dict[str, Callable[[], Any]] = {
        "nodes": lambda: _nodes(found["name"]),
        "links": lambda: [_link(number, one) for number, one in enumerate(found["links"], 1)],
        "input": lambda: [str(Path.cwd() / "topology.yml"), "package:topology-defaults.yml"],
    }
    if key not in parts:
        fatal(f"Error trying to evaluate {key}")
    say(json.dumps(parts[key](), indent=1))
    return 0


def _link(number: int, ends: str) -> dict[str, Any]:
    return {
        "_linkname": f"links[{number}]", "linkindex": number, "type": "p2p",
        "interfaces": [
            {"node": node, "ifname": f"eth{number}", "ipv4": f"10.1.0.{4 * number + at}/30"}
            for at, node in enumerate(ends.split("-"), 1)
        ],
    }  # fmt: skip


def validate(options: Options) -> int:
    """Test the lab."""
    _must_run(options)
    found = topology()
    for link in found["links"]:
        say(f"[PASS]    {link}: OSPF neighbor is Full", pause=True)
    if broken := found.get("broken"):
        say(f"[FAIL]    {broken}: no route to 10.0.0.9", pause=True)
        return 1
    say("[SUCCESS] Tests passed: " + str(len(found["links"])))
    return 0


def collect(options: Options) -> int:
    """Collect configurations."""
    _must_run(options)
    folder = Path(options.get("-o", "config"))
    folder.mkdir(exist_ok=True)
    for node in topology()["nodes"]:
        (folder / f"{node}.cfg").write_text(f"hostname {node}\n", "utf-8")
        say(f"changed: [{node}]", pause=True)
    return 0


def initial(options: Options) -> int:
    """Configure the lab once more."""
    instance = _must_run(options)
    _configure(instance, topology())
    note(instance, "configuration deployment complete")  # and nothing of `started` behind it
    return 0


def execute(options: Options) -> int:
    """Run a command on nodes."""
    _must_run(options)
    for node in options.get("topology", "").split(","):
        say(f"{node}: {options.get('rest', '')}", pause=True)
    return 0


def report(options: Options) -> int:
    """Print a report."""
    name = options.get("topology", "")
    if name not in ("wiring", "addressing"):
        sys.stderr.write(f"Cannot find {name} report\n")
        return 0
    for link in topology()["links"]:
        say(f"{link}: 10.1.0.0/30")
    return 0


def _must_run(options: Options) -> str:
    instance = instance_of(options)
    if not LOCK.exists():
        fatal("Lab is not started in this directory")
    return instance


COMMANDS: Mapping[str, Callable[[Options], int]] = {
    "up": up, "down": down, "restart": restart, "status": status, "inspect": inspect,
    "validate": validate, "collect": collect, "initial": initial, "exec": execute,
    "report": report, "create": lambda options: 0 if create(options) else 1,
}  # fmt: skip
_WITH_VALUES = ("-i", "-s", "-o", "--plugin", "--format", "--node")


def main(words: list[str]) -> int:
    """Do what is asked."""
    if words[:1] == ["version"]:
        say(f"netlab version {RELEASE}")
        return 0
    if not words or words[0] not in COMMANDS:
        sys.stderr.write("netlab: error: argument command: invalid choice\n")
        return 2
    options: dict[str, str] = {}
    rest = words[1:]
    while rest:
        word = rest.pop(0)
        if word in _WITH_VALUES and rest:
            options[word] = rest.pop(0)
        elif word.startswith("--instance="):
            options["--instance"] = word.partition("=")[2]
        elif word.startswith("-"):
            options[word] = ""
        elif "topology" not in options:
            options["topology"] = word
        else:
            options["rest"] = " ".join([word, *rest])
            break
    try:
        return COMMANDS[words[0]](options)
    except KeyboardInterrupt:
        say("\nInterrupted by user")
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
