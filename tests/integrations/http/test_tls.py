"""A server is believed by an authority, by its one certificate, or loudly without any reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyforge_tui.integrations.http import tls
from skyforge_tui.integrations.http.breakage import UntrustedError
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.pace import Retry
from skyforge_tui.integrations.http.tls import Trust, normal_fingerprint, shown_fingerprint
from skyforge_tui.integrations.http.way import Way
from tests.certificates import Authority, Served
from tests.loopback import CUT, Loopback, reply, script, serving


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority that no machine knows."""
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def served(authority: Authority) -> Served:
    """Return a good certificate of that authority."""
    return authority.serve("good")


async def asked(server: Loopback, trust: Trust) -> bytes:
    """Return what a server answers to whoever trusts it so."""
    client = HttpClient(server.url, Way(trust), retry=Retry(attempts=1))
    try:
        return (await client.call("GET", "/")).body
    finally:
        await client.aclose()


HELLO = script(reply(200, b"hello", "text/plain"))


async def test_an_authority_of_ones_own_is_believed(authority: Authority, served: Served) -> None:
    """A server whose certificate is signed by the given authority is believed, and no other."""
    async with serving(HELLO, served.context()) as server:
        assert await asked(server, Trust(ca_file=authority.path)) == b"hello"
        with pytest.raises(UntrustedError, match="somebody this machine does not know"):
            await asked(server, Trust())
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("name", "host", "days", "words"),
    [
        ("late", "127.0.0.1", -1, "expired; is this machine's clock right"),
        ("other", "10.9.9.9", 30, "IP address mismatch"),
        ("named", "lab.example.net", 30, "IP address mismatch"),
    ],
)
async def test_a_wrong_certificate_is_named(
    authority: Authority, name: str, host: str, days: int, words: str
) -> None:
    """An expired certificate, or one of somebody else, stops everything and says why."""
    made = authority.serve(name, host, days=days)
    async with serving(HELLO, made.context()) as server:
        with pytest.raises(UntrustedError, match=words):
            await asked(server, Trust(ca_file=authority.path))
        assert server.asked == []


async def test_a_pinned_certificate_is_all_that_counts(authority: Authority) -> None:
    """With its fingerprint a server is believed though it vouches for itself, late and misnamed."""
    alone = authority.serve("alone", "10.9.9.9", days=-1, is_alone=True)
    async with serving(HELLO, alone.context()) as server:
        assert await asked(server, Trust(fingerprint=alone.fingerprint)) == b"hello"
        with pytest.raises(UntrustedError):
            await asked(server, Trust())


async def test_another_certificate_than_the_pinned_one_stops(
    authority: Authority, served: Served
) -> None:
    """Both fingerprints are shown, nothing was sent, and neither authority nor opt-out helps."""
    other = authority.serve("renewed")
    async with serving(HELLO, other.context()) as server:
        for verify in (True, False):
            trust = Trust(verify, authority.path, served.fingerprint)
            with pytest.raises(UntrustedError) as caught:
                await asked(server, trust)
            error = caught.value
            assert (error.pinned, error.shown) == (served.fingerprint, other.fingerprint)
            assert shown_fingerprint(other.fingerprint) in error.message
            assert shown_fingerprint(served.fingerprint) in error.message
            assert not error.is_retryable
        assert server.asked == []


async def test_a_live_connection_is_checked_too(authority: Authority, served: Served) -> None:
    """The same trust holds for WebSockets."""
    async with serving(HELLO, served.context()) as server:
        client = HttpClient(server.url, Way(Trust(fingerprint="0" * 64)))
        try:
            with pytest.raises(UntrustedError):
                async with client.socket("/ws"):
                    pass
            assert server.asked == []
        finally:
            await client.aclose()


@pytest.mark.parametrize("answer", [CUT, reply(200, b"half", length=90)])
async def test_a_cut_below_tls_is_a_cut(served: Served, answer: bytes) -> None:
    """A connection that breaks below TLS fails as one without does, and may be tried again."""
    async with serving(script(answer), served.context()) as server:
        with pytest.raises(HttpError, match="broke the connection off") as caught:
            await asked(server, Trust(fingerprint=served.fingerprint))
    assert caught.value.is_retryable


async def test_everybody_is_believed_only_when_that_was_said(authority: Authority) -> None:
    """`verify = false` believes anybody, and that it is so can be seen."""
    alone = authority.serve("unproven", is_alone=True)
    trust = Trust(verify=False)
    async with serving(HELLO, alone.context()) as server:
        assert await asked(server, trust) == b"hello"
    assert trust.is_blind
    assert not Trust(verify=False, fingerprint=alone.fingerprint).is_blind


async def test_a_look_sees_the_certificate(authority: Authority, served: Served) -> None:
    """Whoever looks is given the certificate of every handshake, trusted or not."""
    seen: list[bytes] = []
    async with serving(HELLO, served.context()) as server:
        client = HttpClient(
            server.url, Way(Trust(verify=False)), look=seen.append, retry=Retry(attempts=1)
        )
        try:
            await client.call("GET", "/")
        finally:
            await client.aclose()
    assert [tls.fingerprint_of(one) for one in seen] == [served.fingerprint]


async def test_plain_http_behind_https_is_named() -> None:
    """An https address of a server that speaks http says so."""
    async with serving(HELLO) as server:
        client = HttpClient(server.url.replace("http:", "https:"), retry=Retry(attempts=1))
        try:
            with pytest.raises(HttpError, match="does not speak TLS: it may be http"):
                await client.call("GET", "/")
        finally:
            await client.aclose()


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
async def test_a_bad_file_of_authorities_is_named(tmp_path: Path, content: bytes | None) -> None:
    """A file of authorities that is missing or holds none is named before anything is sent."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    async with serving(HELLO) as server:
        with pytest.raises(HttpError, match=r"the certificates in .*ca\.pem cannot be used"):
            await asked(server, Trust(ca_file=path))


@pytest.mark.parametrize(
    "text",
    ["AB" * 32, "ab:" * 31 + "ab", "SHA256:" + "ab" * 32, " " + "AB " * 32],
)
def test_a_fingerprint_is_read_in_any_spelling(text: str) -> None:
    """Fingerprints are taken as browsers, openssl and people write them, and shown one way."""
    assert normal_fingerprint(text) == "ab" * 32
    assert normal_fingerprint(shown_fingerprint("ab" * 32)) == "ab" * 32


@pytest.mark.parametrize("text", ["", "ab", "zz" * 32, "ab" * 20, "ab" * 33])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    """A shorter hash, as SHA-1, is no fingerprint."""
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        normal_fingerprint(text)
