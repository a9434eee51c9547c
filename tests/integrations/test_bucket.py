"""A bucket fails in words with a way on, shows no secret, and is asked for what is shown only."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket
from skyforge_tui.integrations.object_store.by_hand import ByHandClient
from skyforge_tui.integrations.object_store.refusals import StoreError
from skyforge_tui.integrations.object_store.s3 import S3Client
from tests.certificates import Authority
from tests.loopback import Asked, Loopback, reply, serving
from tests.object_stores import SECRET, S3Service, a_key, rclone, rclone_program


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Service]:
    """Serve S3 by rclone."""
    with rclone(rclone_program(), tmp_path_factory.mktemp("rclone")) as service:
        yield service


@asynccontextmanager
async def opened(bucket: Bucket) -> AsyncIterator[S3Client]:
    """Give a client, and close it."""
    client = S3Client(BucketAsker(bucket))
    try:
        yield client
    finally:
        await client.asker.aclose()


async def refused(client: S3Client, key: str = "a/x") -> list[TransportError]:
    """Return what every kind of call ends in."""
    errors = []
    large = (b"x" * (5 << 20) for _ in range(2))
    calls = (
        client.page("", deep=False, after="", limit=9), client.head(key), client.read(key, 0, 9),
        client.put(key, b"x", overwrite=True), client.put(key, large, overwrite=True),
        client.delete(key), client.copy(key, "b", overwrite=True),
    )  # fmt: skip
    for call in calls:
        with pytest.raises(TransportError) as caught:
            await call
        errors.append(caught.value)
    return errors


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"secret_key": a_key("WRONG", "wrong-secret")}, "unauthorized", "secret key"),
        ({"access_key": a_key("NOBODY", "nobody")}, "unauthorized", "access key is not known"),
        ({"name": "gone"}, "failed", "bucket is not there"),
        ({"secret_key": None}, "unauthorized", "secret_key is not configured"),
        ({"secret_key": a_key("EMPTY", "")}, "unauthorized", "is empty"),
    ],
)
async def test_refusals(
    service: S3Service, changes: dict[str, object], kind: str, words: str
) -> None:
    """Whatever is asked, the reason is the same, and so is what to do; no secret is in it."""
    bucket = replace(await service.make(), **changes)  # type: ignore[arg-type]
    async with opened(bucket) as client:
        for error in await refused(client):
            assert isinstance(error, StoreError)
            assert (error.kind, error.advice != "") == (kind, True)
            assert words in error.message
            assert SECRET not in f"{error} {error.advice} {error.args}"
            assert "wrong-secret" not in f"{error} {error.advice} {error.args}"


async def test_a_retry_works(service: S3Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that were wrong and are right now are fetched anew; nobody opens the program again."""
    right = await service.make()
    assert right.secret_key is not None
    name = right.secret_key.target
    monkeypatch.setenv(name, "old-and-expired")
    async with opened(right) as client:
        with pytest.raises(StoreError, match="secret key"):
            await client.put("a", b"x", overwrite=False)
        monkeypatch.setenv(name, SECRET)
        await client.put("a", b"x", overwrite=False)
        assert await client.read("a", 0, 9) == b"x"


async def test_nobody_is_there() -> None:
    """A dead address is told in seconds, as one that may come back."""
    keys = a_key("ACCESS", "a"), a_key("SECRET", "b")
    nowhere = Bucket("labs", "http://127.0.0.1:9", access_key=keys[0], secret_key=keys[1])
    async with opened(nowhere) as client:
        for call in (client.page("", deep=False, after="", limit=9), client.head("a")):
            with pytest.raises(TransportError) as caught:
                await call
            assert caught.value.kind == "unreachable"


async def test_the_usual_places_of_keys(
    service: S3Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without keys of its own a bucket takes those of the environment, then those of the file."""
    bucket = replace(await service.make(), access_key=None, secret_key=None)
    file = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    async with opened(bucket) as client:
        with pytest.raises(StoreError, match="no keys"):
            await client.put("a", b"x", overwrite=False)
        file.write_text(
            f"[default]\naws_access_key_id = nobody\naws_secret_access_key = nothing\n"
            f"[lab]\naws_access_key_id = ada-key\naws_secret_access_key = {SECRET}\n"
        )
        with pytest.raises(StoreError, match="not known"):
            await client.put("a", b"x", overwrite=False)
        monkeypatch.setenv("AWS_PROFILE", "lab")
        await client.put("a", b"x", overwrite=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ada-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.delenv("AWS_PROFILE")
    async with opened(bucket) as client:
        assert await client.read("a", 0, 9) == b"x"


async def test_the_environment_changes_nothing(
    service: S3Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is configured counts, whatever a shell has set for other programs."""
    for name, value in (
        ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_SKIP_SIGNATURE", "true"), ("AWS_SESSION_TOKEN", "somebody's"),
        ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true"), ("AWS_ACCESS_KEY_ID", "nobody"),
        ("AWS_BUCKET", "another"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    async with opened(await service.make()) as client:
        await client.put("a", b"x", overwrite=False)
        assert await client.read("a", 0, 9) == b"x"


async def test_an_authority_of_ones_own(tmp_path: Path) -> None:
    """A service is believed by the authority that was named, and by no other."""
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    authority, other = Authority(tmp_path / "one"), Authority(tmp_path / "other")
    with rclone(rclone_program(), tmp_path / "s3", authority.serve("s3")) as service:
        bucket = await service.make(trust=Trust(ca_file=authority.path))
        async with opened(bucket) as client:
            await client.put("a", b"x", overwrite=False)
            assert (await client.page("", deep=True, after="", limit=9)).objects[0].key == "a"
        async with opened(replace(bucket, trust=Trust(ca_file=other.path))) as client:
            with pytest.raises(TransportError, match="not trusted"):
                await client.page("", deep=True, after="", limit=9)
            with pytest.raises(TransportError, match="not trusted"):
                await client.head("a")
        async with opened(replace(bucket, trust=Trust(ca_file=tmp_path / "no"))) as client:
            with pytest.raises(TransportError, match="cannot be read"):
                await client.head("a")


def answer(code: str, status: int = 403, more: str = "") -> bytes:
    """Spell a refusal as S3 does."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>x</Message>{more}</Error>"
    return reply(status, b"" if status == 0 else body.encode(), "application/xml")


@pytest.mark.parametrize(
    ("code", "status", "kind", "words", "advice"),
    [
        ("ExpiredToken", 400, "unauthorized", "have expired", "get new keys"),
        ("AccessDenied", 403, "forbidden", "may not", "ask"),
        ("RequestTimeTooSkewed", 403, "failed", "clock", "set this machine's clock"),
        ("QuotaExceeded", 403, "failed", "no room", "make room"),
        ("XMinioStorageFull", 507, "failed", "no room", "make room"),
        ("NoSuchBucket", 404, "failed", "not there", "check its name"),
        ("AuthorizationHeaderMalformed", 400, "invalid", "region: eu-1", "say its region"),
    ],
)
async def test_what_only_strangers_answer(
    code: str, status: int, kind: str, words: str, advice: str
) -> None:
    """Refusals that no service here gives are told as their documents spell them."""

    def refuse(asked: Asked) -> bytes:
        more = "<Region>eu-1</Region>" if "Malformed" in code else ""
        return reply(status) if asked.method == "HEAD" else answer(code, status, more)

    async with serving(refuse) as server, opened(somewhere(server)) as client:
        with pytest.raises(StoreError) as caught:
            await client.page("", deep=True, after="", limit=9)
        assert caught.value.kind == kind
        assert words in caught.value.message
        assert advice in caught.value.advice
        with pytest.raises(StoreError, match=words):
            await client.put("a", b"x", overwrite=True)


def somewhere(server: Loopback) -> Bucket:
    """Return a bucket on a pretend service."""
    return Bucket("labs", server.url, access_name="ada", secret_key=a_key("SECRET", "b"))


def rows(asked: Asked, total: int) -> bytes:
    """Answer a list request out of `total` keys below `many/`."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
    start = int(query["start-after"].rpartition("/")[2]) + 1 if "start-after" in query else 0
    count = min(int(query["max-keys"]), total - start)
    contents = "".join(
        f"<Contents><Key>many/{n:07d}</Key><Size>1</Size>"
        "<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>x</ETag></Contents>"
        for n in range(start, start + count)
    )
    is_more = str(start + count < total).lower()
    token = f"<NextContinuationToken>{start + count}</NextContinuationToken>"
    body = f"<IsTruncated>{is_more}</IsTruncated>{token}{contents}"
    body = f"<ListBucketResult>{body}</ListBucketResult>"
    return reply(200, body.encode(), "application/xml")


async def test_a_million_keys() -> None:
    """The first page of a prefix with a million keys takes one request, and so does the next."""
    answering = serving(lambda asked: rows(asked, 1_000_000))
    async with answering as server, opened(somewhere(server)) as client:
        page = await client.page("many", deep=False, after="", limit=1000)
        assert (len(page.objects), page.is_more, len(server.asked)) == (1000, True, 1)
        last = page.objects[-1].key
        page = await client.page("many", deep=False, after=last, limit=1000)
        assert page.objects[0].key == "many/0001000"
        assert len(server.asked) == 2


@pytest.mark.parametrize("body", [b"", b"<html>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"])
async def test_what_is_no_list(body: bytes) -> None:
    """What is no list of S3 is said to be none; nothing that grows without end is read."""
    answering = serving(lambda asked: reply(200, body, "application/xml"))
    async with answering as server, opened(somewhere(server)) as client:
        with pytest.raises(TransportError, match="no answer of S3"):
            await client.page("", deep=True, after="", limit=9)


async def test_odd_keys_are_passed_over(service: S3Service) -> None:
    """Keys that no program here would write are neither shown nor followed."""
    body = "".join(
        f"<Contents><Key>{key}</Key><Size>1</Size></Contents>"
        for key in ("good", "/etc/passwd", "a/../../b", "a//b", "folder/", "a&#9;b", ".staging/x")
    )
    body += "<CommonPrefixes><Prefix>../</Prefix></CommonPrefixes>"
    answered = reply(
        200, f"<ListBucketResult>{body}</ListBucketResult>".encode(), "application/xml"
    )
    async with serving(lambda asked: answered) as server, opened(somewhere(server)) as client:
        page = await client.page("", deep=False, after="", limit=99)
        assert ([one.key for one in page.objects], page.folders) == (["good"], ())


async def test_a_bucket_in_the_name_of_its_host() -> None:
    """Where the bucket belongs to the host's name, the path is the key alone."""
    bucket = Bucket("labs", "https://s3.example.net", is_path_style=False)
    assert bucket.root == "https://labs.s3.example.net"
    assert replace(bucket, is_path_style=True).root == "https://s3.example.net/labs"
    assert Bucket("labs", region="eu-1").root == "https://s3.eu-1.amazonaws.com/labs"


async def test_below_a_prefix(service: S3Service) -> None:
    """A bucket that is shared is touched below its prefix only; keys do not show it."""
    whole = await service.make()
    async with opened(replace(whole, prefix="net/labs/")) as client:
        await client.put("a/x", b"x", overwrite=False)
        await client.copy("a/x", "b", overwrite=False)
        found = await client.page("", deep=False, after="", limit=9)
        assert (found.folders, [one.key for one in found.objects]) == (("a",), ["b"])
    async with opened(whole) as client:
        deep = await client.page("", deep=True, after="", limit=9)
        assert [one.key for one in deep.objects] == ["net/labs/a/x", "net/labs/b"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html><body>Sign in here</body></html>", "no answer of S3"),
        ("<CompleteMultipartUploadResult><ETa", "no answer of S3"),
        ("<Error><Code>InternalError</Code></Error>", "failed inside"),
        ("<Error><Code>Odd</Code></Error>", "gives no reason"),
    ],
)
async def test_what_is_no_upload(body: str, words: str) -> None:
    """A page, half an answer or a late refusal is no object that was put together."""
    begun = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"

    def say(asked: Asked) -> bytes:
        if asked.method == "POST" and "uploads=" in asked.path:
            return reply(200, begun.encode(), "application/xml")
        return reply(200, body.encode() if asked.method == "POST" else b"", "application/xml")

    async with serving(say) as server, opened(somewhere(server)) as client:
        large = (b"x" * (5 << 20) for _ in range(2))
        with pytest.raises(TransportError, match=words):
            await client.put("a", large, overwrite=True)
    asked = [(one.method, urlsplit(one.path).query) for one in server.asked]
    assert asked[-1] == ("DELETE", "uploadId=u")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html><body>Sign in here</body></html>", "no answer of S3"),
        ("<Error><Code>InternalError</Code></Error>", "failed inside"),
        ("<Error><Code>Odd</Code></Error>", "gives no reason"),
    ],
)
async def test_what_is_no_copy(body: str, words: str) -> None:
    """A page or a late refusal, whatever its code, is no object that was stored a second time."""

    def say(asked: Asked) -> bytes:
        answer = body.encode() if asked.method == "PUT" else b""
        return reply(200, answer, last_modified="Thu, 01 Jan 2026 00:00:00 GMT")

    async with serving(say) as server, opened(somewhere(server)) as client:
        with pytest.raises(TransportError, match=words):
            await ByHandClient(client.asker).copy("a", "b", overwrite=True)


async def test_a_put_by_hand_that_is_cancelled() -> None:
    """What nobody waits for any more is not sent behind one's back: its request has ended."""
    begun = asyncio.Event()

    async def hang(asked: Asked) -> bytes:
        begun.set()
        await asyncio.Event().wait()
        return b""

    async with serving(hang) as server, opened(somewhere(server)) as client:
        before = asyncio.all_tasks()
        putting = asyncio.create_task(ByHandClient(client.asker).put("a", b"x", overwrite=True))
        await begun.wait()
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
        assert len(asyncio.all_tasks() - before) == 1  # the server's own


async def test_notes_are_stepped_over() -> None:
    """However many checksums are noted, what lies behind them is a request away."""
    notes = [f".sums/{number:06d}" for number in range(100_000)]
    keys = [*notes, "artifacts/a/1/x", "b"]

    def say(asked: Asked) -> bytes:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        after = query.get("continuation-token") or query.get("start-after", "")
        behind = keys[bisect_right(keys, after) :]
        shown = behind[: int(query["max-keys"])]
        rows = "".join(f"<Contents><Key>{one}</Key><Size>1</Size></Contents>" for one in shown)
        more = f"<IsTruncated>{str(len(behind) > len(shown)).lower()}</IsTruncated>"
        token = f"<NextContinuationToken>{shown[-1]}</NextContinuationToken>" if shown else ""
        body = f"<ListBucketResult>{more}{token}{rows}</ListBucketResult>"
        return reply(200, body.encode(), "application/xml")

    async with serving(say) as server, opened(somewhere(server)) as client:
        page = await client.page("", deep=True, after="", limit=1000)
    assert [one.key for one in page.objects] == ["artifacts/a/1/x", "b"]
    assert len(server.asked) == 2
