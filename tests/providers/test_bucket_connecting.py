"""A bucket is found by the ways there are, and what is in the way of it is said in words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from skyforge_tui.domain.connection import Given, Server, Step, StepState
from skyforge_tui.domain.errors import Invalid, NotSignedIn, SkyforgeError, Unavailable, Untrusted
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.integrations.http.address import read_address
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Keys
from skyforge_tui.integrations.object_store.by_hand import ByHandClient
from skyforge_tui.integrations.object_store.signing import presigned
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import jump_of
from skyforge_tui.providers.connections.object_store import BucketConnector, bucket_of
from skyforge_tui.tui.presenters.connect_fields import connect_act, fields, server_of
from tests.bastion import Bastion
from tests.certificates import Authority, Served
from tests.fakes.connections import ScriptedDialogue
from tests.loopback import Answering, reply, script, serving
from tests.object_stores import ACCESS, SECRET, S3Service, rclone, rclone_program

KEYS = Given(password=Hidden(SECRET))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Return a certificate that nobody vouches for."""
    folder = tmp_path_factory.mktemp("certificates")
    return Authority(folder).serve("rclone", is_alone=True)


@pytest.fixture(scope="module")
def service(alone: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Service]:
    """Serve S3 by rclone with that certificate; there is a bucket."""
    folder = tmp_path_factory.mktemp("rclone")
    (folder / "labs").mkdir()
    with rclone(rclone_program(), folder, alone) as service:
        yield service


def at(address: str, **more: Any) -> Server:
    """Return a bucket that somebody typed the address of."""
    return Server("s3", "lab", address, username=ACCESS, **more)


async def test_a_certificate_is_pinned(service: S3Service, alone: Served) -> None:
    """One nobody vouches for is shown once and pinned; another one later is a hard stop."""
    typed = at(f"{service.url}/labs/net")
    shy = ScriptedDialogue()
    with pytest.raises(Untrusted, match="SHA-256"):
        await BucketConnector().connect(typed, KEYS, shy)
    assert [one for one, _ in shy.shown] == [alone.fingerprint]
    told = ScriptedDialogue(trusts=True)
    found = await BucketConnector().connect(typed, KEYS, told)
    assert found.server.fingerprint == alone.fingerprint
    assert "pinned" in told.words(Step.TRUST)
    other = at(f"{service.url}/labs", fingerprint="0" * 64)
    with pytest.raises(Untrusted):
        await BucketConnector().connect(other, KEYS, ScriptedDialogue(trusts=True))


async def test_through_a_jump_host(
    service: S3Service, alone: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A host of the person's own SSH configuration leads to the bucket; bytes go through it too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    async with Bastion(tmp_path / ".ssh").running() as bastion:
        told = ScriptedDialogue()
        typed = at(f"{service.url}/labs/net", jump="bastion", fingerprint=alone.fingerprint)
        await BucketConnector().connect(typed, KEYS, told)
        assert told.words(Step.REACH) == "it answers through bastion"
        before = len(bastion.forwarded)
        bucket = service.bucket(
            "labs", trust=Trust(fingerprint=alone.fingerprint), jump="bastion", prefix="net"
        )
        client = ByHandClient(BucketAsker(bucket, jump=jump_of(bucket.jump)))
        try:
            await client.put("a/b", b"hello", overwrite=False)
            big = (b"x" * (6 << 20) for _ in range(2))
            assert (await client.put("a/big", big, overwrite=False)).size == 12 << 20
            assert await client.read("a/b", 1, 3) == b"ell"
            url = await client.url("a/b", timedelta(hours=1))
        finally:
            await client.asker.aclose()
        assert len(bastion.forwarded) > before
        with pytest.raises(Invalid, match="a jump host is written as"):
            await BucketConnector().connect(at(f"{service.url}/labs", jump="a b"), KEYS, told)
    assert service.folder is not None
    assert (service.folder / "labs" / "net" / "a" / "b").read_bytes() == b"hello"
    assert SECRET not in url
    lent = await asyncio.to_thread(httpx.get, url, verify=False)
    assert lent.content == b"hello"
    spoilt = await asyncio.to_thread(httpx.get, url.replace("/a/b?", "/a/big?"), verify=False)
    assert spoilt.status_code == 403


def refusal(code: str, more: str = "", status: int = 403, **headers: Any) -> bytes:
    """Return what S3 answers when it refuses something."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code>{more}</Error>".encode()
    return reply(status, body, "application/xml", **headers)


PAST = (datetime.now(UTC) - timedelta(hours=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")
REFUSALS: list[tuple[str, Answering, type[SkyforgeError], str, Step]] = [
    ("clock", script(refusal("RequestTimeTooSkewed", date=PAST)), Unavailable,
     "clock and the store's are too far apart", Step.FIND),
    ("bucket", script(refusal("NoSuchBucket", status=404)), Unavailable, "is not there", Step.FIND),
    ("page", script(reply(200, b"<html>Welcome</html>", "text/html")), Unavailable,
     "no answer of S3", Step.FIND),
    ("nobody", script(b""), Unavailable, "broke the connection off", Step.REACH),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answering", "kind", "words", "step"), [one[1:] for one in REFUSALS],
    ids=[one[0] for one in REFUSALS],
)  # fmt: skip
async def test_what_is_in_the_way(
    answering: Answering, kind: type[SkyforgeError], words: str, step: Step
) -> None:
    """A wrong clock, bucket or address is named at its step, with what to do."""
    async with serving(answering) as server:
        told = ScriptedDialogue()
        with pytest.raises(kind, match=words) as caught:
            await BucketConnector().connect(at(f"{server.url}/labs"), KEYS, told)
    assert caught.value.advice
    assert [one.step for one in told.reports if one.state is StepState.FAILED] == [step]


async def test_keys_that_are_not_there_say_nothing_of_the_service() -> None:
    """Where a secret cannot be fetched, nobody was asked: no step says that it answers."""
    address = "https://127.0.0.1:9/labs"
    lost = at(address, password_ref="env:SKYFORGE_TESTS_SET_NO_SUCH_NAME")
    for server, words in (
        (lost, "is not set"),
        (Server("s3", "lab", address, credentials="profile:no-such"), "no profile no-such"),
    ):
        told = ScriptedDialogue()
        with pytest.raises(NotSignedIn, match=words):
            await BucketConnector().connect(server, Given(), told)
        states = told.states
        assert states[Step.SIGN_IN] is StepState.FAILED
        assert Step.REACH not in states


async def test_the_region_is_found() -> None:
    """Where the bucket is in another region the answer tells which; that is asked and kept."""
    seen: list[str] = []

    def answer(asked: Any) -> bytes:
        seen.append(asked.headers["authorization"].split("/")[2])
        if seen[-1] != "eu-north-1":
            return refusal("AuthorizationHeaderMalformed", "<Region>eu-north-1</Region>", 400)
        return reply(200, b"<ListBucketResult/>", "application/xml")

    async with serving(answer) as server:
        found = await BucketConnector().connect(at(f"{server.url}/labs"), KEYS, ScriptedDialogue())
    assert (seen[0], found.server.region) == ("us-east-1", "eu-north-1")


async def test_it_is_plain() -> None:
    """A bucket without TLS is used, and what that means is said."""
    async with serving(script(reply(200, b"<ListBucketResult/>", "application/xml"))) as server:
        told = ScriptedDialogue()
        await BucketConnector().connect(at(f"{server.url}/labs"), KEYS, told)
    assert told.states[Step.TRUST] is StepState.CAUTION
    assert "can be read on the way" in told.words(Step.TRUST)


def test_what_is_signed() -> None:
    """A presigned address is that of the vendor's own example."""
    keys = Keys("AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    at_ = datetime(2013, 5, 24, tzinfo=UTC)
    url = "https://examplebucket.s3.amazonaws.com/test.txt"
    lent = presigned(url, keys, "us-east-1", at_, timedelta(days=1))
    proof = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    assert lent.endswith(f"&X-Amz-Signature={proof}")


def test_the_bucket_in_the_hosts_name() -> None:
    """Where the bucket is a part of the host's name, the path is what lies below it."""
    typed = at("https://labs.s3.example.net/net", is_path_style=False, region="eu-north-1")
    bucket = bucket_of(typed, read_address(typed.address), "https")
    assert (bucket.name, bucket.endpoint, bucket.start) == (
        "labs",
        "https://s3.example.net",
        "net/",
    )
    assert bucket.root == "https://labs.s3.example.net"


def test_what_the_card_asks() -> None:
    """Region, style and jump host are asked on the card, and are in the command it equals."""
    before = at("https://s3.example.net/labs", password_ref="env:SECRETKEY")
    names = [one.name for one in fields(before, ("file",))]
    assert {"region", "style", "jump", "authority"} <= set(names)
    answers = {one.name: one.default for one in fields(before, ("file",))}
    answers |= {"region": "eu-north-1", "style": "host", "jump": "bastion"}
    server = server_of(before, answers)
    assert (server.region, server.is_path_style, server.jump) == ("eu-north-1", False, "bastion")
    words = " ".join(connect_act(server, answers).words)
    assert all(one in words for one in ("--region eu-north-1", "--jump bastion", "--host-style"))


def test_the_card_keeps_where_keys_come_from() -> None:
    """Where a bucket takes its keys from stays as it is on the card, unless a key is typed."""
    before = Server("s3", "lab", "https://s3.example.net/labs", credentials="profile:lab")
    answers = {one.name: one.default for one in fields(before, ("file",))}
    server = server_of(before, answers)
    assert server.credentials == "profile:lab"
    assert "--credentials profile:lab" in " ".join(connect_act(server, answers).words)
    assert server_of(before, answers | {"user": "ADA"}).credentials == ""
