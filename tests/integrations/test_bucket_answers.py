"""What a bucket answers is read whatever wraps it, and what would grow or is none is refused."""

from __future__ import annotations

import pytest

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.answers import leaves, listed, told_of

ROW = (
    "<{0}Contents><{0}Key>a%2Fb+c%C3%A9</{0}Key><{0}Size>7</{0}Size><{0}Owner><{0}ID>x</{0}ID>"
    "</{0}Owner><{0}ETag>&quot;e&quot;</{0}ETag><{0}LastModified>2026-01-02T03:04:05.678Z"
    "</{0}LastModified></{0}Contents><{0}CommonPrefixes><{0}Prefix>d/</{0}Prefix>"
    "</{0}CommonPrefixes><{0}EncodingType>url</{0}EncodingType><{0}IsTruncated>true"
    "</{0}IsTruncated><{0}NextContinuationToken><![CDATA[t<&]]></{0}NextContinuationToken>"
)


@pytest.mark.parametrize(
    ("space", "short"),
    [("", ""), (' xmlns="http://s3.example/"', ""), (' xmlns:s="http://s3.example/"', "s:")],
)
def test_a_list_in_any_dress(space: str, short: str) -> None:
    """Folders, objects and the way on are read with and without a namespace."""
    name = f"{short}ListBucketResult"
    body = f"<?xml version='1.0'?>\n<{name}{space}>{ROW.format(short)}</{name}>"
    answered = listed(body.encode())
    (one,) = answered.objects
    assert (one.key, one.size, one.etag, one.modified_at.second) == ("a/b cé", 7, '"e"', 5)
    assert (answered.folders, answered.is_more, answered.token) == (["d/"], True, "t<&")


GROWING = (
    "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
    "<ListBucketResult><NextContinuationToken>&b;</NextContinuationToken></ListBucketResult>"
)
MANY = f"<ListBucketResult>{'<a/>' * 200_000}</ListBucketResult>"


@pytest.mark.parametrize(
    "body",
    [
        GROWING.encode(), GROWING.encode("utf-16"), MANY.encode(), b"", b"<", b"\xff<a/>", b"<a>",
        b"<ListBucketResult>&nbsp;</ListBucketResult>", b"<html>Welcome</html>",
        b"<ListBucketResult><Contents><Key>a</Key><Size>many</Size></Contents></ListBucketResult>",
    ],
    ids=["growing", "hidden", "many", "none", "cut", "bytes", "open", "entity", "page", "size"],
)  # fmt: skip
def test_what_is_no_list(body: bytes) -> None:
    """What is no list, or would grow when it is read, is refused as no answer of S3."""
    with pytest.raises(TransportError, match="no answer of S3") as caught:
        listed(body)
    assert caught.value.kind == "unreadable"


def test_an_error_in_place_of_an_answer() -> None:
    """A store that answers before it knows tells what failed; keys are found at any depth."""
    with pytest.raises(TransportError, match="no room left"):
        told_of(b"<Error><Code>QuotaExceeded</Code></Error>", "CopyObject", "ETag")
    nested = b'<R xmlns="x"><C><AccessKeyId>A</AccessKeyId><Empty/></C></R>'
    assert leaves(nested) == {"AccessKeyId": "A", "Empty": ""}
