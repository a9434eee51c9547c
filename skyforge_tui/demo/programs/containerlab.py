"""Speaks as containerlab does: JSON on standard output, its log beside; it starts nothing.

Source: containerlab 0.79, its commands; with `PRETEND_CLAB` below 0.68 `inspect` has its old form,
and there are no events.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PACE_S = float(os.environ.get("PRETEND_PACE_S", "0.5"))
RELEASE = float(os.environ.get("PRETEND_CLAB", "0.79"))
STATE = Path.home() / ".pretend-containerlab.json"
_WIRE = re.compile(r'endpoints: \["([^:"]+):([^"]+)", "([^:"]+):([^"]+)"\]')
EVENTS = Path.home() / ".pretend-containerlab.events"


def log(line: str, *, pause: bool = False) -> None:
    """Write a line of the log, and work for a while if that is what it tells."""
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} INFO {line}\n")
    sys.stderr.flush()
    if pause:
        time.sleep(PACE_S)


def labs() -> dict[str, Any]:
    """Return rows as `inspect` has them, by lab."""
    try:
        return dict(json.loads(STATE.read_text("utf-8")))
    except FileNotFoundError:
        return {}


def keep(found: dict[str, Any], action: str, lab: str) -> None:
    """Write down what there is, and tell it as an event."""
    STATE.write_text(json.dumps(found), "utf-8")
    event = {"timestamp": datetime.now(UTC).isoformat(), "type": "container", "action": action,
             "actor_name": f"clab-{lab}", "attributes": {"containerlab": lab}}  # fmt: skip
    with EVENTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(event) + "\n")


def topology(options: dict[str, str]) -> tuple[str, list[str], Path]:
    """Return name, nodes and path of the topology that is meant."""
    path = Path(options.get("-t", "")).absolute()
    if not path.is_file():
        sys.stderr.write(f"Error: failed to read topology file: stat {path}: no such file\n")
        raise SystemExit(1)
    text = path.read_text("utf-8")
    named = re.search(r"^name:\s*(\S+)", text, re.MULTILINE)
    nodes = re.findall(r"^    ([\w.$()-]+):", text, re.MULTILINE)
    return named[1] if named else path.stem, nodes, path


def deploy(options: dict[str, str]) -> int:
    """Start a lab."""
    name, nodes, path = topology(options)
    found, rows = labs(), list[dict[str, str]]()
    if name in found and "--reconfigure" not in options and RELEASE < 0.7:
        sys.stderr.write("Error: containers already exist. Use --reconfigure\n")
        return 1
    for number, node in enumerate(nodes, 1):
        log(f'Creating container name="{node}"', pause=True)
        rows.append(
            {
                "lab_name": name, "labPath": os.path.relpath(path), "absLabPath": str(path),
                "name": f"clab-{name}-{node}", "container_id": f"{number:012x}",
                "image": "ghcr.io/srl-labs/alpine", "kind": "linux", "state": "running",
                "status": "Up 2 seconds (healthy)", "ipv4_address": f"172.20.20.{number}/24",
                "ipv6_address": "N/A", "owner": "netlab",
            }
        )  # fmt: skip
        keep(found | {name: rows}, "start", name)
    folder = path.parent / f"clab-{name}"
    folder.mkdir(exist_ok=True)
    wires = _WIRE.findall(path.read_text("utf-8"))
    told = {"name": name, "type": "clab", "links": [_wired(*one) for one in wires]}
    (folder / "topology-data.json").write_text(json.dumps(told), "utf-8")
    return 0


def _wired(a: str, at_a: str, z: str, at_z: str) -> dict[str, Any]:
    """Return a link as the file about a deployed lab has it, which was flat once."""
    ends = {"a": {"node": a, "interface": at_a, "peer": "z"},
            "z": {"node": z, "interface": at_z, "peer": "a"}}  # fmt: skip
    return ends if RELEASE < 0.7 else {"endpoints": ends}


def interfaces(options: dict[str, str]) -> int:
    """Tell of the interfaces of a lab's nodes; only since 0.64."""
    if RELEASE < 0.64:
        sys.stderr.write("Error: unknown flag: --name\n")
        return 1
    rows = labs().get(options.get("--name", ""), [])
    told = []
    for row in rows:
        node = row["name"].removeprefix(f"clab-{row['lab_name']}-")
        ends = [one for wire in wires_of(row) for one in (wire[:2], wire[2:]) if one[0] == node]
        down = row.get("down", [])
        told.append({"name": row["name"], "interfaces": [
            {"name": port, "alias": "", "mac": "aa:c1:ab:00:00:01", "ifindex": 10 + number,
             "mtu": 9500, "type": "veth", "state": "down" if port in down else "up"}
            for number, (_, port) in enumerate(ends)
        ]})  # fmt: skip
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def wires_of(row: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return the links of the topology that a row is of."""
    return _WIRE.findall(Path(row["absLabPath"]).read_text("utf-8"))


def destroy(options: dict[str, str]) -> int:
    """End a lab."""
    name, nodes, _ = topology(options)
    found = labs()
    for node in nodes:
        log(f'Removed container name="clab-{name}-{node}"', pause=True)
    found.pop(name, None)
    keep(found, "die", name)
    return 0


def inspect(options: dict[str, str]) -> int:
    """Tell of labs."""
    if "interfaces" in options:
        return interfaces(options)
    found = labs()
    if RELEASE < 0.68:
        rows = [row for some in found.values() for row in some]
        for row in rows:
            row.pop("absLabPath"), row.pop("status")
        if not rows:
            log("no containers found")
            return 0
        sys.stdout.write(json.dumps({"containers": rows}) + "\n")
        return 0
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0


def save(options: dict[str, str]) -> int:
    """Keep configurations."""
    for node in topology(options)[1]:
        log(f"saved configuration of {node}", pause=True)
    return 0


def execute(options: dict[str, str]) -> int:
    """Run a command on nodes; the exit code is 0 whatever they say."""
    name, _, _ = topology(options)
    wanted = options.get("--label", "").removeprefix("clab-node-name=")
    words, found, told = options.get("--cmd", "").split(), labs(), dict[str, Any]()
    for row in found.get(name, []):
        if wanted in ("", row["name"].removeprefix(f"clab-{name}-")):
            code, said = _in_node(row, words)
            told[row["name"]] = [{"cmd": words, "return-code": code, "stdout": "", "stderr": said}]
            if options.get("-f") != "json":
                log(f'Executed command node="{row["name"]}" command="{options.get("--cmd")}"')
    keep(found, "exec_start", name)
    if options.get("-f") == "json":
        sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _in_node(row: dict[str, Any], words: list[str]) -> tuple[int, str]:
    """Do in a node what is known here: `ip link set dev NAME down`, and nothing at all."""
    if words[:4] != ["ip", "link", "set", "dev"] or len(words) != 6:
        return 0, ""
    port, state = words[4:]
    node = row["name"].removeprefix(f"clab-{row['lab_name']}-")
    mine = {one[at + 1] for one in wires_of(row) for at in (0, 2) if one[at] == node}
    if port not in mine:
        return 1, f'Cannot find device "{port}"\n'
    down = set(row.get("down", ())) - {port}
    row["down"] = sorted(down | {port} if state == "down" else down)
    return 0, ""


def events(options: dict[str, str]) -> int:
    """Tell what happens, one line each, blank ones between."""
    if RELEASE < 0.7:
        sys.stderr.write('Error: unknown command "events" for "containerlab"\n')
        return 1
    EVENTS.touch()
    with EVENTS.open(encoding="utf-8") as file:
        file.seek(0, os.SEEK_END)
        while os.getppid() != 1:
            sys.stdout.write(file.readline() or "\n")
            sys.stdout.flush()
            time.sleep(0.05)
    return 0


COMMANDS: Mapping[str, Callable[[dict[str, str]], int]] = {
    "deploy": deploy, "destroy": destroy, "inspect": inspect, "save": save, "exec": execute,
    "events": events, "redeploy": lambda options: destroy(options) or deploy(options),
}  # fmt: skip
_WITH_VALUES = ("-t", "-f", "--cmd", "--label", "--log-level", "--name")


def main(words: list[str]) -> int:
    """Do what is asked."""
    if words[:1] == ["version"]:
        sys.stdout.write(f"    version: {RELEASE}.0\n")
        return 0
    if not words or words[0] not in COMMANDS:
        sys.stderr.write("Error: unknown command\n")
        return 1
    options: dict[str, str] = {}
    rest = words[1:]
    while rest:
        word = rest.pop(0)
        options[word] = rest.pop(0) if word in _WITH_VALUES and rest else ""
    return COMMANDS[words[0]](options)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
