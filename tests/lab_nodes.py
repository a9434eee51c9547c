#!/usr/bin/env python3
"""The nodes of a real lab without containers: namespaces with FRR in them, and a way in.

netlab's provider `external` runs `lab_nodes.py up` and `lab_nodes.py down` in the lab's folder;
Ansible runs `lab_nodes.py HOST COMMAND` instead of ssh, so that nothing ever connects anywhere.
A node is a set of namespaces (net, mount, pid, uts) over an overlay of this machine's root.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

LAB = Path(__file__).resolve().parent
PATIENCE_S = 60.0

INSIDE = r"""set -e
mount --make-rprivate /
mount -t tmpfs tmpfs {run}
mkdir {run}/up {run}/work {run}/root
mount -t overlay overlay -o lowerdir=/,upperdir={run}/up,workdir={run}/work {run}/root
cd {run}/root
hostname {name}
mount -t proc proc proc
mount -t sysfs sys sys
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir -p run/frr var/run/frr
chown frr:frr run/frr
printf '#!/bin/sh\nexec hostname "$2"\n' > usr/local/bin/hostnamectl
chmod 755 usr/local/bin/hostnamectl
echo 127.0.1.1 {name} >> etc/hosts
echo 'service integrated-vtysh-config' > etc/frr/vtysh.conf
: > etc/frr/frr.conf
exec chroot . /bin/sh -c '/usr/lib/frr/frrinit.sh start > /tmp/frr.log 2>&1
echo ready > /run/ready
exec tini -- sleep infinity'
"""


def sh(*words: str) -> None:
    """Run a command that must succeed."""
    subprocess.run(words, check=True)


def say(line: str) -> None:
    """Tell whoever watches."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def inspect(key: str) -> Any:
    """Return a top-level part of the topology."""
    return json.loads(subprocess.check_output(["netlab", "inspect", "-q", "--format", "json", key]))


def lab_name() -> str:
    """Return what the lab is called."""
    return subprocess.check_output(["netlab", "inspect", "-q", "name"], text=True).strip()


def folder_of(node: str) -> Path:
    """Return where what belongs to a node is kept."""
    return LAB / ".nodes" / node


def inner_pid(node: str) -> str | None:
    """Return the first process of a node as this machine counts, once there is one."""
    pid = (folder_of(node) / "pid").read_text()
    for _ in range(3):
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", pid], capture_output=True, text=True, check=False
        ).stdout.split()
        if not found:
            return None
        pid = found[0]
        with contextlib.suppress(FileNotFoundError):
            if Path(f"/proc/{pid}/ns/pid").readlink() != Path("/proc/self/ns/pid").readlink():
                return pid
    return None


def entering(node: str) -> list[str]:
    """Return the words that run what follows them inside of a node."""
    return ["nsenter", "-t", str(inner_pid(node)), "-m", "-u", "-n", "-p", "-r", "-w"]


def is_ready(node: str) -> bool:
    """Say whether a node has started everything."""
    if inner_pid(node) is None:
        return False
    probe = [*entering(node), "test", "-e", "/run/ready"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def start(namespace: str, node: str) -> None:
    """Start one node."""
    sh("ip", "netns", "add", namespace)
    sh("ip", "-n", namespace, "link", "set", "lo", "up")
    folder = folder_of(node)
    (folder / "run").mkdir(parents=True)
    script = INSIDE.format(run=folder / "run", name=node)
    unshared = ["unshare", "-m", "-u", "-p", "--fork", "--kill-child", "bash", "-c", script]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, *unshared],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    (folder / "pid").write_text(str(process.pid))


def connect(number: int, ends: list[tuple[str, str]]) -> None:
    """Wire one link; what leads to nobody gets its other end beside itself."""
    one, other = (*ends, (ends[0][0], f"stub{number}"))[:2]
    sh(
        "ip", "link", "add", one[1], "netns", one[0], "type", "veth", "peer", "name",
        other[1], "netns", other[0],
    )  # fmt: skip
    for namespace, interface in (one, other):
        sh("ip", "-n", namespace, "link", "set", interface, "up")


def up() -> None:
    """Start all nodes, connect them, and wait for them."""
    nodes, links, name = inspect("nodes"), inspect("links"), lab_name()
    for node, plan in nodes.items():
        start(f"{name}-{node}", node)
        # Ansible calls it by its management address, which is a name here and nothing else.
        folder_of(plan["mgmt"]["ipv4"]).symlink_to(node)
    for number, link in enumerate(links):
        connect(number, [(f"{name}-{end['node']}", end["ifname"]) for end in link["interfaces"]])
    deadline = time.monotonic() + PATIENCE_S
    for node in nodes:
        while not is_ready(node):
            if time.monotonic() > deadline:
                sys.exit(f"{node} did not start: {(folder_of(node) / 'log').read_text()}")
            time.sleep(0.05)
        say(f"node {node} up")


def down() -> None:
    """End all nodes and what they ran."""
    name = lab_name()
    listed = subprocess.check_output(["ip", "netns"], text=True).splitlines()
    for namespace in (line.split()[0] for line in listed if line.startswith(f"{name}-")):
        pids = subprocess.check_output(["ip", "netns", "pids", namespace], text=True).split()
        for pid in map(int, pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        sh("ip", "netns", "del", namespace)
        say(f"node {namespace} removed")
    shutil.rmtree(LAB / ".nodes", ignore_errors=True)


def enter(words: list[str]) -> None:
    """Run a command inside of a node, as ssh is asked to: options, host, command."""
    if len(words) < 2 or words[-2].startswith("-") or not folder_of(words[-2]).is_dir():
        sys.exit("Usage: lab_nodes.py [options] host command")  # also says: no ControlPersist
    node, command = words[-2:]
    argv = [*entering(node), "/bin/sh", "-c", command]
    os.execvpe(argv[0], argv, {**os.environ, "HOME": "/root"})


match sys.argv[1:]:
    case ["up"]:
        up()
    case ["down"]:
        down()
    case words:
        enter(words)
