"""A client of profile 2 against answers by a script, and the messages that it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from scripted_portal import Asked, Reply, ScriptedServer, json_reply

from counter_app.sync.http import HttpLimits
from counter_app.sync.messages import (
    ApplicantKind,
    Channel,
    DossierMessage,
    Fee,
    ResultPaper,
    ReturnBy,
    StepMessage,
    create_message,
    step_message,
    update_message,
)
from counter_app.sync.profile2 import Profile2Client
from counter_app.sync.profile2_book import FILE_MARK, FiledComponent, FiledPaper, Filing, PortalName
from counter_app.sync.profile2_calls import Profile2Settings

AT = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
CODE = "H15.36-260310-1001"
THEIRS = "G09.20-20260310-0000001"
TOKEN = {"code": 0, "message": "", "data": {"access_token": "tok-1", "expires_in": 3600, "token_type": "Bearer"}}
DOSSIER = DossierMessage(
    code=CODE,
    procedure_code="1.004837",
    procedure_name="Đăng ký khai sinh",
    field_code="LV01",
    field_name="Hộ tịch",
    channel=Channel.COUNTER,
    applicant_name="H' Ngăm Niê Kdăm",
    applicant_kind=ApplicantKind.PERSON,
    received_at=AT,
    handed_in_at=AT,
    status=2,
    return_by=ReturnBy.COUNTER,
    handling_unit="UBND xã Ea Kao",
)
FILING = Filing(
    "Y Bhiăo Êban",
    ApplicantKind.PERSON,
    (
        FiledComponent("TP01", "Tờ khai", 1, 2),
        FiledComponent("TP02", "Giấy tờ tùy thân", 0, 0),
        FiledComponent("TP03", "Bản vẽ", 0, 0),
    ),
    (FiledPaper("TP01", "to khai.pdf", "f-1", "a" * 64), FiledPaper("TP03", "ban ve.pdf", "f-2", "b" * 64)),
)


@dataclass
class Book:
    """The desk's memory without a database."""

    names: dict[str, PortalName] = field(default_factory=dict)
    too_late: bool = False

    def name_of(self, code: str) -> PortalName:
        return self.names.get(code, PortalName())

    def keep_code(self, code: str, portal_code: str) -> str:
        self.names[code] = PortalName(portal_code)
        return portal_code

    def keep_record_id(self, code: str, record_id: str) -> None:
        self.names[code] = PortalName(self.name_of(code).code, record_id)

    def filing(self, code: str) -> Filing:
        return FILING

    def comes_too_late(self, code: str, sha256: str) -> bool:
        return self.too_late


KNOWN = {CODE: PortalName(THEIRS, "id-1")}
Answers = dict[str, Reply | Callable[[Asked], Reply]]


@dataclass
class Line:
    """A client, the scripted portal that it speaks to, and what the desk remembers."""

    client: Profile2Client
    server: ScriptedServer
    book: Book
    answers: Answers
    seconds: float = 0.0

    def asked(self, path: str) -> list[Any]:
        return [one.json() for one in self.server.asked if one.path == path]

    def paths(self) -> list[str]:
        return [one.path for one in self.server.asked]


@contextmanager
def open_line() -> Iterator[Line]:
    """A client on a portal that says yes to everything, until a test changes an answer."""
    answers: Answers = {
        "/token": json_reply(TOKEN),
        "/next-value": json_reply({"value": THEIRS}),
        "/dossiers": json_reply({"code": 0, "message": "", "data": {"IdHoSo": "id-1"}}),
        "/progress": json_reply({"code": 0, "message": "", "data": None}),
        "/status": json_reply({"code": 0, "message": "", "data": None}),
        "/lookup": json_reply({"code": 0, "message": "", "data": None}),
    }

    def answer(asked: Asked) -> Reply:
        reply = answers[asked.path]
        return reply(asked) if callable(reply) else reply

    book = Book()
    with ScriptedServer(answer) as server:
        settings = Profile2Settings(server.url, "desk-1", "bi mat", "H15.36", limits=HttpLimits(2, 5, 10))
        made = Line(None, server, book, answers)  # type: ignore[arg-type]
        made.client = Profile2Client(settings, book, now=lambda: AT, monotonic=lambda: made.seconds)
        yield made
        made.client.close()


def create() -> bytes:
    return create_message(DOSSIER).payload


def step(at: datetime = AT, status: int = 4) -> bytes:
    return step_message(
        StepMessage(CODE, "Lê Thị Hạnh", at, status, unit="Phòng Tư pháp", content="Chuyển xử lý", started_at=AT)
    ).payload


def update(status: int, **more: Any) -> bytes:
    return update_message(DossierMessage(**{**DOSSIER.__dict__, "status": status, **more})).payload


def send_new(line: Line) -> Any:
    return line.client.send_dossiers([create()], updating=False, key=uuid4()).items[0]


FEES = (Fee("LP01", "Lệ phí", 8000),)
RESULTS = (ResultPaper("Giấy khai sinh", "KQ01", "c" * 64, FILE_MARK + "f-9", "KQ-1"),)
