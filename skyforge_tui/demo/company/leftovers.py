"""What runs of the pretend company's recipes leave behind: configurations, reports, facts, logs."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import tarfile
from collections.abc import Sequence
from typing import Final

RECIPES: Final = ("Backup configurations", "Compliance report", "Collect facts")
"""Whose runs leave something."""
_RULES: Final = ("ntp is set", "no telnet", "aaa on console", "syslog to two", "banner")
_HOSTS: Final = ("spine1", "spine2", "leaf1", "leaf2", "leaf3", "leaf4")


def left_by(recipe: str, number: int) -> dict[str, bytes]:
    """Return the files that a run of a recipe leaves, by path; the same number leaves the same."""
    dice = random.Random(f"{recipe}:{number}")  # noqa: S311 - nobody's secret
    match recipe:
        case "Backup configurations":
            return _backup(dice, number)
        case "Compliance report":
            return _compliance(dice, number)
        case "Collect facts":
            return _facts(dice)
        case _:
            return {}


def _backup(dice: random.Random, number: int) -> dict[str, bytes]:
    changed = dice.choice(_HOSTS)
    files = {f"configs/{host}.cfg": _config(host, number * (host == changed)) for host in _HOSTS}
    row = f"-  description before run {number}\n+  description seen by run {number}\n"
    files["changes.diff"] = f"--- {changed}.cfg\n+++ {changed}.cfg\n@@ -12 +12 @@\n{row}".encode()
    files["backup.log"] = _log(dice, _HOSTS, "read its running configuration")
    return files


def _compliance(dice: random.Random, number: int) -> dict[str, bytes]:
    verdicts = [
        {"host": host, "rule": rule, "ok": dice.random() > 0.08, "run": number}
        for host in _HOSTS
        for rule in _RULES
    ]
    table = io.StringIO()
    rows = csv.DictWriter(table, ("host", "rule", "ok"), extrasaction="ignore", lineterminator="\n")
    rows.writeheader()
    rows.writerows(verdicts)
    plan = "rules:\n" + "".join(f"  - name: {rule}  # asked of all\n" for rule in _RULES)
    return {
        "report.csv": table.getvalue().encode(),
        "report.json": json.dumps({"run": number, "verdicts": verdicts}).encode(),
        "rules.yml": plan.encode(),
        "compliance.log.gz": gzip.compress(
            _log(dice, _HOSTS, "was compared with the rules"), mtime=0
        ),
    }


def _facts(dice: random.Random) -> dict[str, bytes]:
    facts = {
        host: {"serial": f"SN{dice.randrange(10**8):08}", "uptime_s": dice.randrange(10**6)}
        for host in _HOSTS
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for host, known in facts.items():
            data = json.dumps(known).encode()
            entry = tarfile.TarInfo(f"facts/{host}.json")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    sample = bytes(dice.randrange(256) for _ in range(2048))
    return {
        "facts.json": json.dumps(facts, indent=2).encode() + b"\n",
        "facts.tar.gz": packed.getvalue(),
        "sample.pcap": b"\xd4\xc3\xb2\xa1" + sample,
    }


def _config(host: str, edition: int) -> bytes:
    lines = [f"hostname {host}", "!"]
    for port in range(1, 25):
        lines += [f"interface Ethernet{port}", f"  description to port {port}", "  no shutdown"]
    lines += [f"! last changed by run {edition}"] if edition else []
    return "\n".join(lines).encode() + b"\n"


def _log(dice: random.Random, hosts: Sequence[str], what: str) -> bytes:
    rows: list[str] = []
    for second in range(600):
        host = hosts[second % len(hosts)]
        took = dice.randrange(20, 900)
        stamp = f"06:{30 + second // 60:02}:{second % 60:02}"
        rows.append(f"2026-11-29T{stamp}Z {host} {what} in {took} ms")
    return "\n".join(rows).encode() + b"\n"
