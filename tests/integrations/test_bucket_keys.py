"""Keys to a bucket come from the usual places, in time, for every way that requests are made."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket
from skyforge_tui.integrations.object_store.by_hand import ByHandClient
from skyforge_tui.integrations.object_store.refusals import StoreError
from skyforge_tui.integrations.object_store.s3 import S3Client
from tests.loopback import Asked, Loopback, reply, serving
from tests.object_stores import ACCESS, SECRET, S3Service, rclone, rclone_program

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Service]:
    """Serve S3 by rclone."""
    folder = tmp_path_factory.mktemp("rclone")
    (folder / "labs").mkdir()
    with rclone(rclone_program(), folder) as service:
        yield service


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a person without any keys."""
    for name in [one for one in os.environ if one.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".aws").mkdir()
    (tmp_path / "token").write_text("the-token\n")
    return tmp_path


@dataclass(slots=True)
class Lender:
    """Lends keys as a container's host, a token service and a machine do, all at once."""

    access: str = ACCESS
    lasts: timedelta = timedelta(hours=1)
    is_down: bool = False
    now: datetime = NOW
    lent: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> bytes:
        """Answer as whoever was asked does."""
        if self.is_down:
            return reply(500, b"not now")
        end = (self.now + self.lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
        match asked.method, asked.path, asked.headers:
            case "PUT", "/latest/api/token", {"x-aws-ec2-metadata-token-ttl-seconds": _}:
                return reply(200, b"a-session", "text/plain")
            case "GET", "/latest/meta-data/iam/security-credentials/", {
                "x-aws-ec2-metadata-token": "a-session"
            }:
                return reply(200, b"a role\n", "text/plain")
            case "GET", "/latest/meta-data/iam/security-credentials/a%20role", {
                "x-aws-ec2-metadata-token": "a-session"
            }:
                self.lent.append("machine")
            case "GET", "/keys?of=me", {"authorization": "the-token"}:
                self.lent.append("container")
            case "POST", "/", _ if b"WebIdentityToken=the-token" in asked.body:
                assert b"Action=AssumeRoleWithWebIdentity" in asked.body
                assert b"RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Flab" in asked.body
                self.lent.append("web")
                found = (
                    f"<AccessKeyId>{self.access}</AccessKeyId><SessionToken>lent</SessionToken>"
                    f"<SecretAccessKey>{SECRET}</SecretAccessKey><Expiration>{end}</Expiration>"
                )
                name = "AssumeRoleWithWebIdentity"
                body = f"<{name}Response><{name}Result><Credentials>{found}</Credentials>"
                return reply(200, f"{body}</{name}Result></{name}Response>".encode(), "text/xml")
            case _:
                return reply(401, b"who are you?")
        keys = {"AccessKeyId": self.access, "SecretAccessKey": SECRET, "Token": "lent"}
        return reply(200, {**keys, "Expiration": end, "Code": "Success"})


def as_container(url: str, home: Path) -> dict[str, str]:
    """Return the environment of a container that is lent keys."""
    return {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/keys?of=me",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(home / "token"),
    }


def as_identity(url: str, home: Path) -> dict[str, str]:
    """Return the environment of one whom a token names."""
    return {
        "AWS_ENDPOINT_URL_STS": url, "AWS_ROLE_ARN": "arn:aws:iam::1:role/lab",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(home / "token"),
    }  # fmt: skip


def as_profile(lines: str, name: str = "lab") -> Callable[[str, Path], dict[str, str]]:
    """Return what writes a profile, and its environment."""

    def written(url: str, home: Path) -> dict[str, str]:
        text = lines.format(home=home)
        keys = {"Version": 1, "AccessKeyId": ACCESS, "SecretAccessKey": SECRET}
        (home / "keys.json").write_text(json.dumps({**keys, "SessionToken": "lent"}))
        (home / ".aws/config").write_text(f"[profile lab]\n{text}\n")
        return {"AWS_ENDPOINT_URL_STS": url, "AWS_PROFILE": name}

    return written


STATIC = f"aws_access_key_id = {ACCESS}\naws_secret_access_key = {SECRET}\naws_session_token = lent"
PROGRAM = "credential_process = cat '{home}/keys.json'"
WEB = "role_arn = arn:aws:iam::1:role/lab\nweb_identity_token_file = {home}/token"


@pytest.mark.parametrize(
    ("place", "credentials", "lent"),
    [
        (as_container, "", ["container"]),
        (as_identity, "", ["web"]),
        (as_profile(WEB), "", ["web"]),
        (as_profile(STATIC), "", []),
        (as_profile(PROGRAM), "", []),
        (as_profile(STATIC, "another"), "profile:lab", []),
        (lambda url, _: {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url}, "instance", ["machine"]),
    ],
    ids=["container", "identity", "role", "profile", "program", "chosen", "instance"],
)
@pytest.mark.parametrize("kind", [S3Client, ByHandClient])
async def test_where_keys_come_from(
    service: S3Service, home: Path, monkeypatch: pytest.MonkeyPatch, kind: type[S3Client],
    place: Callable[[str, Path], dict[str, str]], credentials: str, lent: list[str],
) -> None:  # fmt: skip
    """A real service takes what each place gives, for the library and by hand; asked for once."""
    lender = Lender(now=datetime.now(UTC))
    async with serving(lender) as here:
        for name, value in place(here.url, home).items():
            monkeypatch.setenv(name, value)
        client = kind(BucketAsker(Bucket("labs", service.url, credentials=credentials)))
        try:
            await client.put("a", b"x", overwrite=True)
            big = (b"x" * (5 << 20) for _ in range(2))
            assert (await client.put("big", big, overwrite=True)).size == 10 << 20
            assert await client.read("a", 0, 9) == b"x"
            page = await client.page("", deep=True, after="", limit=9)
            assert [one.key for one in page.objects] == ["a", "big"]
            assert (await client.asker.keys()).token is not None
        finally:
            await client.asker.aclose()
        assert lender.lent == lent


@dataclass(slots=True)
class Clock:
    """Says what time it is."""

    time: datetime = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time


@asynccontextmanager
async def lent_to(
    lender: Lender, home: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[S3Client, Clock, Loopback]]:
    """Give a client with lent keys, its clock, and the bucket that writes down who asks."""
    empty = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"

    def answer(asked: Asked) -> bytes:
        return reply(200, empty if "list-type" in asked.path else b"x", etag='"1"')

    async with serving(lender) as here, serving(answer) as store:
        for name, value in as_container(here.url, home).items():
            monkeypatch.setenv(name, value)
        clock = Clock()
        client = S3Client(BucketAsker(Bucket("labs", store.url), now=clock))
        try:
            yield client, clock, store
        finally:
            await client.asker.aclose()


async def who(client: S3Client, store: Loopback) -> set[str]:
    """Return whose keys a list and an object are asked for with."""
    store.asked.clear()
    await client.page("", deep=True, after="", limit=9)
    async for _ in client.stream("a"):
        pass
    signed = (one.headers["authorization"] for one in store.asked)
    return {one.partition("Credential=")[2].partition("/")[0] for one in signed}


async def test_keys_that_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are fetched anew before they end, once for all who ask, and both ways use the new ones.

    Where the lender is away meanwhile, the old ones count to their end, and then it is told.
    """
    lender = Lender("first")
    async with lent_to(lender, home, monkeypatch) as (client, clock, store):
        await asyncio.gather(*(client.asker.keys() for _ in range(5)))
        assert await who(client, store) == {"first"}
        clock.time = NOW + timedelta(minutes=54)
        assert await who(client, store) == {"first"}
        assert len(lender.lent) == 1
        clock.time = lender.now = NOW + timedelta(minutes=56)
        lender.access = "second"
        await asyncio.gather(*(client.asker.keys() for _ in range(5)))
        assert await who(client, store) == {"second"}
        assert len(lender.lent) == 2
        lender.is_down = True
        clock.time = NOW + timedelta(minutes=56 + 59)
        assert await who(client, store) == {"second"}
        clock.time = NOW + timedelta(minutes=56 + 60)
        with pytest.raises(StoreError, match=r"no keys are lent by http://127\.0\.0\.1") as caught:
            await client.head("a")
        assert caught.value.kind == "unauthorized"
        lender.is_down, lender.now, lender.access = False, clock.time, "third"
        assert await who(client, store) == {"third"}


async def test_an_address_that_outlives_its_keys(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address is not lent for longer than the keys count that prove it."""
    lender = Lender("lent", now=datetime.now(UTC))
    async with lent_to(lender, home, monkeypatch) as (client, clock, _):
        clock.time = lender.now
        assert "X-Amz-Security-Token=lent" in await client.url("a", timedelta(minutes=50))
        with pytest.raises(StoreError, match=r"its keys end in 5\d min"):
            await client.url("a", timedelta(hours=2))


async def test_keys_that_live_for_moments(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that end in two minutes are used for one, and not fetched for every request."""
    lender = Lender("short", timedelta(minutes=2))
    async with lent_to(lender, home, monkeypatch) as (client, clock, store):
        for seconds, fetched in ((0, 1), (59, 1), (60, 2)):
            clock.time = lender.now = NOW + timedelta(seconds=seconds)
            assert await who(client, store) == {"short"}
            assert len(lender.lent) == fetched


async def test_the_machine_is_not_asked_unasked(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no keys is told so; the network of the machine is asked by those only who say it."""
    async with serving(Lender()) as here:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", here.url)
        asker = BucketAsker(Bucket("labs", here.url))
        with pytest.raises(StoreError, match="no keys for it"):
            await asker.keys()
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        asker = BucketAsker(Bucket("labs", here.url, credentials="instance"))
        with pytest.raises(StoreError, match="forbids"):
            await asker.keys()
        assert here.asked == []


@pytest.mark.parametrize(
    ("environ", "config", "kind", "words"),
    [
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://keys.example.net/x"}, "", "unauthorized",
         "no place to ask"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "ftp://127.0.0.1/x"}, "", "unauthorized",
         "no place to ask"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/x"}, "", "unreachable",
         "keys cannot be fetched"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/other"}, "", "unauthorized",
         "it answers 401"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/page"}, "", "unauthorized", "are no keys"),
        ({"AWS_ENDPOINT_URL_STS": "{url}/page", "AWS_ROLE_ARN": "r",
          "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"}, "", "unauthorized", "are no keys"),
        ({"AWS_ENDPOINT_URL_STS": "{url}/ended", "AWS_ROLE_ARN": "r",
          "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"}, "", "unauthorized", "have expired"),
        ({"AWS_ROLE_ARN": "r", "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/none"}, "", "unauthorized",
         "none cannot be read"),
        ({"AWS_PROFILE": "gone"}, "", "unauthorized", "no profile gone"),
        ({"AWS_PROFILE": "lab"}, "sso_session = x", "unauthorized", "not known here"),
        ({"AWS_PROFILE": "lab"}, "credential_process = echo none", "unauthorized", "are no keys"),
        ({"AWS_PROFILE": "lab"}, "credential_process = false", "unauthorized", "ended with code 1"),
        ({"AWS_PROFILE": "lab"}, "credential_process = 'x", "unauthorized", "cannot be read"),
    ],
)  # fmt: skip
async def test_keys_that_do_not_come(
    home: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], config: str, kind: str,
    words: str,
) -> None:  # fmt: skip
    """What is in the way of keys is told with a way on, without what proves who asks."""
    page = reply(200, b"<html>Welcome</html>", "text/html")
    ended = reply(400, b"<Error><Code>ExpiredToken</Code></Error>", "text/xml")
    answers = {"/page": page, "/ended": ended}
    (home / ".aws/config").write_text(f"[profile lab]\n{config}\n")
    async with serving(lambda asked: answers.get(asked.path, reply(401, b"no"))) as here:
        for name, value in environ.items():
            monkeypatch.setenv(name, value.format(url=here.url, home=home))
        asker = BucketAsker(Bucket("labs", here.url))
        with pytest.raises(TransportError, match=words) as caught:
            await asker.keys()
    assert caught.value.kind == kind
    assert isinstance(caught.value, StoreError)
    assert caught.value.advice
    assert "the-token" not in f"{caught.value} {caught.value.advice}"
