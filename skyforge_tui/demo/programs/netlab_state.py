"""What the pretend netlab keeps: topologies, locks, the status file; and how it talks.

`PRETEND_PACE_S` is how long each step of its work takes, and `PRETEND_RELEASE` the release that it
plays.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

PACE_S = float(os.environ.get("PRETEND_PACE_S", "0.5"))
RELEASE = os.environ.get("PRETEND_RELEASE", "26.10")
STATUS = Path.home() / ".netlab" / "status.yaml"
LOCK = Path("netlab.lock")
SNAPSHOT = Path("netlab.snapshot.pickle")
Options = Mapping[str, str]


def fatal(text: str, code: int = 1) -> NoReturn:
    """End as netlab does when something is wrong."""
    sys.stderr.write(f"Fatal error in netlab: {text}\n")
    raise SystemExit(code)


def say(line: str, *, pause: bool = False) -> None:
    """Write a line, and work for a while if that is what it tells."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    if pause:
        time.sleep(PACE_S)


def topology(name: str = "topology.yml") -> dict[str, Any]:
    """Read what the pretend topologies say: `key: value`, lists in brackets."""
    path = Path(name)
    if not path.is_file():
        fatal(f"Cannot find topology file {name}")
    found: dict[str, Any] = {"name": Path.cwd().name, "provider": "clab", "defaults.device": "frr"}
    for line in path.read_text("utf-8").splitlines():
        if match := re.match(r"([\w.]+):\s*(.+)$", line):
            key, value = match[1], match[2].strip()
            is_list = value.startswith("[")
            parts = [one.strip() for one in value.strip("[]").split(",") if one.strip()]
            found[key] = parts if is_list else value.strip('"')
    return found


def labs() -> dict[str, Any]:
    """Read the status file, which is JSON here: that is good YAML too."""
    try:
        found = json.loads(STATUS.read_text("utf-8") or "{}")
    except FileNotFoundError:
        return {}
    return found if isinstance(found, dict) else {}


def keep(entries: dict[str, Any]) -> None:
    """Write the status file as netlab does: truncated first, so that readers may see half of it."""
    STATUS.parent.mkdir(exist_ok=True)
    STATUS.write_text(json.dumps(entries, indent=1), "utf-8")


def note(instance: str, text: str, *, is_status: bool = True) -> None:
    """Add a line to the log of a lab, and make it its status."""
    entries = labs()
    entry = entries.setdefault(instance, {"dir": str(Path.cwd()), "log": []})
    entry["log"].append(f"{datetime.now(UTC).isoformat()}: {text}")
    if is_status:
        entry |= {"status": text, "timestamp": str(datetime.now(UTC))}
    keep(entries)


def instance_of(options: Options) -> str:
    """Return the instance that is meant: one by name, a multilab one, else the default."""
    if wanted := options.get("-i") or options.get("--instance"):
        if wanted not in labs():
            fatal(f"Unknown instance {wanted}")
        os.chdir(labs()[wanted]["dir"])
        return wanted
    said = options.get("-s", "")
    if said.startswith("defaults.multilab.id="):
        return said.rpartition("=")[2]
    if os.environ.get("NETLAB_PLUGIN") == "multilab":
        return os.environ.get("NETLAB_MULTILAB_ID", "default")
    here = str(Path.cwd())
    return next((one for one, entry in labs().items() if entry.get("dir") == here), "default")
