"""The kinds of values that the configuration is made of, each with its check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator, StringConstraints

from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.query_values import number_of
from skyforge_tui.domain.searchable import FieldKind
from skyforge_tui.integrations.http.tls import normal_fingerprint
from skyforge_tui.integrations.secret_reference import FORMS, SecretRef
from skyforge_tui.settings import places
from skyforge_tui.settings.frame import answer_text


def _folder_or_file(value: object) -> Path:
    if isinstance(value, Path) and value.is_absolute():
        return value
    if not isinstance(value, str):
        raise ValueError("must be a path in quotes")  # noqa: TRY004 - the validator's own
    if not value or "\0" in value or value[0] not in "/~":
        raise ValueError("must be an absolute path, or begin with ~/")
    return places.absolute(value)


def _reference(value: object) -> SecretRef:
    if isinstance(value, SecretRef):
        return value
    if not isinstance(value, str):
        raise ValueError(f"must be a reference in quotes: {FORMS}")  # noqa: TRY004 - the validator's own
    return SecretRef.parse(value)


def _url(value: object) -> str:
    """Check an address without ever repeating it: it may hold a password."""
    if not isinstance(value, str):
        raise ValueError("must be an address in quotes")  # noqa: TRY004 - the validator's own
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError("is not an address: host or port is wrong") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("must begin with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise ValueError('must not hold name or password: set username and password = "env:NAME"')
    if not parts.hostname or any(char.isspace() for char in value):
        raise ValueError("is not an address: the host is missing or has spaces")
    if parts.query or parts.fragment:
        raise ValueError("must end with the path: take ? and # away")
    return value.rstrip("/")


def _fingerprint(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text in quotes")  # noqa: TRY004 - the validator's own
    return normal_fingerprint(value)


def _keys(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list | tuple) else [value]
    keys = [one for one in listed if isinstance(one, str)]
    if len(keys) < len(listed):
        raise ValueError('must be a key in quotes, or a list of them; "" unbinds')
    return tuple(one for one in keys if one)


def _answer(value: object) -> str:
    if not isinstance(value, str | int):
        raise ValueError("must be text, a whole number, true or false")  # noqa: TRY004 - the validator's own
    return answer_text(value)


def _age(value: object) -> str:
    if not isinstance(value, str) or not number_of(FieldKind.DURATION, value):
        raise ValueError('must be an age in quotes, as in "90d" or "12h"')
    return value


def _size(value: object) -> str:
    if not isinstance(value, str) or number_of(FieldKind.SIZE, value) is None:
        raise ValueError('must be a size in quotes, as in "20GB" or "500MB"')
    return value


def _of_a_server(value: str) -> str:
    if value == LOCAL:
        raise ValueError("is what this machine is called: give the server another name")
    return value


def named(value: object) -> object:
    """Let a template's name stand for a table with nothing else in it."""
    return {"template": value} if isinstance(value, str) else value


AbsolutePath = Annotated[Path, PlainValidator(_folder_or_file), PlainSerializer(str)]
SecretText = Annotated[SecretRef, PlainValidator(_reference), PlainSerializer(str)]
Url = Annotated[str, PlainValidator(_url)]
Fingerprint = Annotated[str, PlainValidator(_fingerprint)]
Keys = Annotated[tuple[str, ...], PlainValidator(_keys), PlainSerializer(list)]
AnswerText = Annotated[str, PlainValidator(_answer)]
Age = Annotated[str, PlainValidator(_age)]
Size = Annotated[str, PlainValidator(_size)]
Guard = Literal["read-only", "confirm", "normal"]
InstanceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$")]
ServerName = Annotated[InstanceName, AfterValidator(_of_a_server)]
Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, StringConstraints(pattern=r"^[^\s@/]+$")]
