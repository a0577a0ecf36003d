"""IPP messages (RFC 8010): the few tags that printing needs, both ways."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Union

VERSION = (2, 0)

PRINT_JOB = 0x0002
GET_JOB_ATTRIBUTES = 0x0009
GET_JOBS = 0x000A
GET_PRINTER_ATTRIBUTES = 0x000B

_OPERATION, _JOB, _END, _PRINTER = 0x01, 0x02, 0x03, 0x04
_INTEGER, _BOOLEAN, _ENUM = 0x21, 0x22, 0x23
_NAME, _KEYWORD, _URI, _CHARSET, _LANGUAGE, _MIME = 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
_TEXTS = range(0x41, 0x4A)
_COLLECTION, _MEMBER, _COLLECTION_END = 0x34, 0x4A, 0x37
_FIRST_VALUE_TAG = 0x10

_TAGS = {
    "attributes-charset": _CHARSET,
    "attributes-natural-language": _LANGUAGE,
    "printer-uri": _URI,
    "job-id": _INTEGER,
    "requesting-user-name": _NAME,
    "job-name": _NAME,
    "document-format": _MIME,
    "requested-attributes": _KEYWORD,
    "which-jobs": _KEYWORD,
    "my-jobs": _BOOLEAN,
    "limit": _INTEGER,
    "sides": _KEYWORD,
    "media": _KEYWORD,
    "media-col": _COLLECTION,
    "media-size": _COLLECTION,
    "media-source": _KEYWORD,
    "x-dimension": _INTEGER,
    "y-dimension": _INTEGER,
}

Collection = Mapping[str, "int | str | Collection"]
Attributes = Mapping[str, "int | bool | str | Sequence[str] | Collection"]
Value = Union[int, bool, str, bytes, "Group"]
Group = dict[str, list[Value]]


class MalformedAnswerError(ValueError):
    """The bytes are not an IPP message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: ``status`` below 0x0100 is success; groups in their order. A collection is a group in a group."""

    status: int
    operation: Group
    jobs: tuple[Group, ...]
    printer: Group


def request(operation: int, attributes: Attributes, job: Attributes | None = None) -> bytes:
    """Head of a request, *job* being how the job is to be done; document data follow it as they are."""
    parts = [struct.pack(">BBHI", *VERSION, operation, 1), bytes((_OPERATION,))]
    fixed = {"attributes-charset": "utf-8", "attributes-natural-language": "vi"}
    parts += _attributes({**fixed, **attributes})
    if job:
        parts += [bytes((_JOB,)), *_attributes(job)]
    return b"".join([*parts, bytes((_END,))])


def _attributes(attributes: Attributes) -> Iterator[bytes]:
    for name, value in attributes.items():
        values = [value] if isinstance(value, str | int | Mapping) else value
        for index, one in enumerate(values):
            yield _attribute(_TAGS[name], "" if index else name, one)


def _attribute(tag: int, name: str, value: int | bool | str | Collection) -> bytes:
    if isinstance(value, Mapping):
        # RFC 8010, 3.1.6: each member is its name as a value, then its value, both without a name.
        members = [_field(_MEMBER, "", key.encode()) + _attribute(_TAGS[key], "", one) for key, one in value.items()]
        return b"".join([_field(tag, name, b""), *members, _field(_COLLECTION_END, "", b"")])
    if isinstance(value, bool):
        data = struct.pack(">B", value)
    elif isinstance(value, int):
        data = struct.pack(">i", value)
    else:
        data = value.encode()
    return _field(tag, name, data)


def _field(tag: int, name: str, data: bytes) -> bytes:
    key = name.encode()
    return struct.pack(f">BH{len(key)}sH", tag, len(key), key, len(data)) + data


def parse(data: bytes) -> Answer:
    """Read a response; raises :class:`MalformedAnswerError`."""
    try:
        return _parse(data)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise MalformedAnswerError(str(error)) from error


def _parse(data: bytes) -> Answer:
    status = struct.unpack_from(">H", data, 2)[0]
    at = 8
    groups: list[tuple[int, Group]] = []
    name = ""
    while (tag := data[at]) != _END:
        at += 1
        if tag < _FIRST_VALUE_TAG:
            groups.append((tag, {}))
            continue
        key, at = _counted(data, at)
        name = key.decode() or name  # a further value of the attribute before has no name
        value, at = _read_value(tag, data, at)
        groups[-1][1].setdefault(name, []).append(value)
    return Answer(
        status=status,
        operation=next((group for tag, group in groups if tag == _OPERATION), {}),
        jobs=tuple(group for tag, group in groups if tag == _JOB),
        printer=next((group for tag, group in groups if tag == _PRINTER), {}),
    )


def _read_value(tag: int, data: bytes, at: int) -> tuple[Value, int]:
    """The value whose length stands at *at*, and where the next attribute begins."""
    raw, at = _counted(data, at)
    if tag != _COLLECTION:
        return _value(tag, raw), at
    group: Group = {}
    member = ""
    while (inner := data[at]) != _COLLECTION_END:
        _, at = _counted(data, at + 1)
        if inner == _MEMBER:
            raw, at = _counted(data, at)
            member = raw.decode()
        else:
            value, at = _read_value(inner, data, at)
            group.setdefault(member, []).append(value)
    _, at = _counted(data, at + 1)
    _, at = _counted(data, at)
    return group, at


def _counted(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", data, at)
    end = at + 2 + length
    if end > len(data):
        raise IndexError("the message ends inside a value")
    return data[at + 2 : end], end


def _value(tag: int, raw: bytes) -> Value:
    if tag in (_INTEGER, _ENUM):
        return int(struct.unpack(">i", raw)[0])
    if tag == _BOOLEAN:
        return raw == b"\x01"
    if tag in _TEXTS:
        return raw.decode("utf-8")
    return raw
