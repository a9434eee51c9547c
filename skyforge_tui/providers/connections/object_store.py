"""Connects to a bucket of any service that speaks S3: finds it, tries its keys, looks inside."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.errors import Invalid, SkyforgeError
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.address import Address, read_address
from skyforge_tui.integrations.http.breakage import UntrustedError
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.object_store.answers import listed
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket, Keys
from skyforge_tui.integrations.object_store.keys import is_place
from skyforge_tui.integrations.object_store.refusals import StoreError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.ports.connector import Dialogue
from skyforge_tui.providers.connections.failing import domain_error, step_of
from skyforge_tui.providers.connections.telling import Teller
from skyforge_tui.providers.connections.trusting import Approach

_SKEW_S = 300.0
"""From here on a clock is soon too wrong for signed requests, which S3 takes for 15 minutes."""
_PLACES = "credentials are instance, or profile:NAME of ~/.aws"
_ADDRESS = "an address of a bucket reads https://HOST[:PORT]/BUCKET"


class BucketConnector:
    """Connects to a bucket; implements `Connector`. The access key is its user's name."""

    kind = "s3"

    async def connect(
        self, server: Server, given: Given, dialogue: Dialogue, *, makes_token: bool = True
    ) -> Found:
        """Find the bucket, try the keys and look inside; see `Connector`."""
        del makes_token  # there is nothing to make: keys are given out elsewhere
        teller = Teller(dialogue)
        failure: SkyforgeError
        approach = Approach(server, teller)
        try:
            return await _Attempt(approach, given, teller).made()
        except TransportError as error:
            _place(teller, error)
            failure = domain_error(error, server.name)
            if isinstance(error, StoreError) and error.advice:
                failure.advice = error.advice
            elif error.kind == "untrusted":
                failure.advice = "name its authority by --ca FILE, or pin it by --pin SHA256"
        except SkyforgeError as error:
            failure = error
        finally:
            await approach.aclose()
        teller.failed(failure)
        raise failure


def bucket_of(server: Server, address: Address, scheme: str) -> Bucket:
    """Return the bucket that an address means: the first part of its path, or of its host.

    Raises:
        Invalid: it names none.
    """
    name, _, prefix = unquote(address.path).strip("/").partition("/")
    place = address.place
    if not server.is_path_style:
        host, _, rest = place.partition(".")
        name, prefix, place = host, unquote(address.path).strip("/"), rest
    if not (name and place):
        raise Invalid(f"{address.place} names no bucket", advice=_ADDRESS)
    ca_file = Path(server.ca_file).expanduser() if server.ca_file else None
    return Bucket(
        name, f"{scheme}://{place}", server.region, prefix, server.is_path_style,
        trust=Trust(server.verify, ca_file, server.fingerprint), proxy=server.proxy,
        jump=server.jump, credentials=server.credentials,
    )  # fmt: skip


class _Attempt:
    """One attempt to connect."""

    def __init__(self, approach: Approach, given: Given, teller: Teller) -> None:
        self._approach = approach
        self._given = given
        self._teller = teller
        self._latency_ms = 0.0
        self._date = ""

    async def made(self) -> Found:
        """Go through all steps.

        Raises:
            TransportError, SkyforgeError: at the teller's step.
        """
        server, teller = self._approach.server, self._teller
        teller.begin(Step.ADDRESS)
        address = read_address(server.address)
        keys = await self._keys()
        bucket = await self._found(address, keys)
        rights = self._tell(bucket)
        server = self._approach.server
        skew_s = self._pace()
        path = "/".join(part for part in (bucket.name, bucket.prefix) if part)
        url = f"{bucket.endpoint}/{path}" if bucket.is_path_style else bucket.root
        named = replace(server, address=url, region=bucket.region)
        token = self._given.password or self._given.token
        who = keys.access if keys else server.credentials or "the usual keys"
        return Found(named, "", who, rights, self._latency_ms, skew_s, Hidden(token.reveal()))

    async def _keys(self) -> Keys | None:
        """Return the keys that were said; None leaves it to the usual places."""
        from skyforge_tui.integrations.web_access import revealed

        typed = self._given.password or self._given.token
        server = self._approach.server
        if server.credentials and not is_place(server.credentials):
            raise Invalid(f"{server.credentials} is no place of keys", advice=_PLACES)
        reference = server.token_ref or server.password_ref
        if not (typed or reference):
            return None
        if not server.username:
            raise Invalid("the access key is missing", advice="give it by --user ACCESSKEY")
        if typed:
            return Keys(server.username, Secret(typed.reveal().strip()))
        return Keys(server.username, await revealed(SecretRef.parse(reference)))

    async def _found(self, address: Address, keys: Keys | None) -> Bucket:
        """Return the bucket, asked in the right region by the first scheme that works."""
        self._teller.begin(Step.ADDRESS, f"asking {address.place}")
        is_asked = False
        schemes = list(address.schemes)
        while schemes:
            bucket = bucket_of(self._approach.server, address, schemes[0])
            try:
                return await self._asked(bucket, keys)
            except StoreError:
                raise
            except UntrustedError as error:
                if error.shown or is_asked:
                    raise
                is_asked, failure = True, error
            except TransportError as error:
                if len(schemes) == 1 or error.kind not in ("unreachable", "invalid"):
                    raise
                schemes.pop(0)
                continue
            _place(self._teller, failure)
            await self._approach.ask(failure)
        raise Invalid(_ADDRESS)

    async def _asked(self, bucket: Bucket, keys: Keys | None) -> Bucket:
        try:
            return await self._listed(bucket, keys)
        except StoreError as error:
            region = error.message.partition("another region: ")[2]
            if not region or bucket.region:
                raise
        return await self._listed(replace(bucket, region=region), keys)

    async def _listed(self, bucket: Bucket, keys: Keys | None) -> Bucket:
        approach = self._approach
        # The asker closes the tunnel, which opens again when it is needed again.
        asker = BucketAsker(bucket, keys=keys, look=approach.look, jump=approach.way().jump)
        try:
            query = {"list-type": "2", "max-keys": "1", "prefix": bucket.start}
            listed((await asker.call("GET", query)).body)
            began = time.perf_counter()
            reply = await asker.call("GET", query)
            self._latency_ms = (time.perf_counter() - began) * 1000
            self._date = reply.headers.get("date", "")
        finally:
            await asker.aclose()
        return bucket

    def _tell(self, bucket: Bucket) -> str:
        teller = self._teller
        place = f", below {bucket.start}" if bucket.prefix else ""
        service = f"the bucket {bucket.name}{place} in {bucket.place}"
        self._approach.tell(bucket.root, service)
        server = self._approach.server
        who = server.username or server.credentials or "the usual keys"
        teller.done(Step.SIGN_IN, f"{who}, accepted")
        rights = "it may be listed; writing is tried with the first artifact"
        teller.done(Step.RIGHTS, rights)
        return f"the bucket {bucket.name} may be listed"

    def _pace(self) -> float | None:
        try:
            skew_s = (parsedate_to_datetime(self._date) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            self._teller.done(Step.PACE, f"{self._latency_ms:.0f} ms")
            return None
        words = f"{self._latency_ms:.0f} ms, its clock {abs(skew_s):.0f} s away"
        if abs(skew_s) > _SKEW_S:
            advice = "set the clocks: signed requests are soon refused"
            self._teller.caution(Step.PACE, words, advice)
        else:
            self._teller.done(Step.PACE, words)
        return skew_s


def _place(teller: Teller, error: TransportError) -> None:
    """Tell how far one came before an error."""
    code = error.code if isinstance(error, StoreError) else ""
    if code == "NoSuchBucket" or error.kind == "unreadable":
        step = Step.FIND
    elif error.kind == "unauthorized":
        step = Step.SIGN_IN
    elif error.kind == "forbidden":
        step = Step.RIGHTS
    elif code:
        step = Step.FIND
    else:
        step = step_of(error)
    was_asked = bool(code) or step is not Step.SIGN_IN  # keys may not be there
    if was_asked and step not in (Step.ADDRESS, Step.REACH):
        teller.done(Step.REACH, "it answers")
    teller.begin(step)
