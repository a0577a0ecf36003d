"""What a command answers: for a person as lines, for a program as one JSON document."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from counter_app.errors import CounterError
from counter_app.rules.calendar import VIETNAM


@dataclass(frozen=True, slots=True)
class Answer:
    """``document`` for ``--json``, ``lines`` for a person; ``status`` is the exit status."""

    document: dict[str, Any]
    lines: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    status: int = 0


def report(answer: Answer, *, as_json: bool) -> None:
    """Print an answer; warnings always go to standard error."""
    for warning in answer.warnings:
        print(f"Lưu ý: {warning}", file=sys.stderr)
    if as_json:
        print(json.dumps(to_json(answer.document), ensure_ascii=False))
    else:
        for line in answer.lines:
            print(line)


def report_error(error: CounterError, *, as_json: bool) -> None:
    """The message on standard error, and with ``--json`` the error as a document on standard output."""
    print(error.message, file=sys.stderr)
    if as_json:
        document = {"error": {"kind": error.kind, "message": error.message, **to_json(error.details)}}
        print(json.dumps(document, ensure_ascii=False))


def to_json(value: Any) -> Any:
    """Plain JSON values; times as ISO 8601 with the offset of Viet Nam."""
    if is_dataclass(value) and not isinstance(value, type):
        return to_json(asdict(value))
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value


def local_time(moment: datetime | None) -> str:
    """A moment as a person reads it, in Vietnamese time."""
    return "chưa có" if moment is None else f"{moment.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
