"""The file for the support: it helps, and nothing of any person is in it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from counter_app.errors import KnownError
from counter_app.models import Document, InboxEntry, OutboxMessage, SyncRun
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.diagnosis import Fact, Observed, diagnose, password_is_set, save_support_file, support_text
from counter_app.services.line_certificate import Certificate
from counter_app.services.line_probe import LineReport, Outcome, ProbeStep, Stage
from counter_app.services.receive import receive
from counter_app.settings import with_changes
from counter_app.sync.client import Exchange
from tests.catalogue_samples import HNGAM, full_request, write_pdf
from tests.conftest import Clock

AT = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
CERTIFICATE = Certificate("CN=dichvucong.example", "CN=Gốc", AT, AT + timedelta(days=90))
LINE = LineReport(
    (
        ProbeStep(Stage.NAME, Outcome.GOOD, "Tìm thấy.", 12),
        ProbeStep(Stage.CONNECTION, Outcome.GOOD, "Nối được.", 30),
        ProbeStep(Stage.SECURITY, Outcome.BAD, "Chứng thư của cổng đã hết hạn.", 45),
        ProbeStep(Stage.ANSWER, Outcome.SKIPPED, "Chưa kiểm tra."),
    ),
    CERTIFICATE,
    timedelta(minutes=7),
)
CALL = Exchange(AT, "DongBoHoSoMC", 200, 812, 18_000, 240, "")
SECRETS = {
    "name": "Nguyễn Thị Bí Mật",
    "number": "066190099999",
    "phone": "0912999888",
    "mail": "bimat@example.vn",
    "file": "giấy khai sinh của Bí Mật.pdf",
    "user": "canbo.bimat",
    "password": "mat-khau-bi-mat",
    "session": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "clerk": "Lê Thị Cán Bộ",
    "home": "thu-muc-cua-hanh",
}
"""What must never leave the desk."""


def facts(desk: DeskContext, seen: Observed) -> dict[str, Fact]:
    return {fact.label: fact for section in diagnose(desk, seen) for fact in section.facts}


@pytest.fixture
def told(desk: DeskContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[DeskContext, Observed, str]:
    """A desk where a person's data stands in every place that a diagnosis could read; and her dossier's code."""
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", SECRETS["password"])
    folder = tmp_path / SECRETS["home"]
    os.rename(desk.directory, folder)
    desk.database.close()
    from counter_app.services.desk import open_desk

    opened = open_desk(folder, desk.clock)
    url = f"https://dichvucong.example/cong?session={SECRETS['session']}#{SECRETS['user']}"
    portal = {"url": url, "user": SECRETS["user"], "ca_bundle": str(folder / "root.pem")}
    desk = replace(opened, settings=with_changes(opened.settings, clerk=SECRETS["clerk"], portal=portal))
    person = replace(HNGAM, name=SECRETS["name"], personal_number=SECRETS["number"], phone=SECRETS["phone"])
    code = receive(desk, full_request(person)).code
    attach(desk, code, [write_pdf(tmp_path / SECRETS["file"])], component="TP01")
    words = " ".join((*SECRETS.values(), code))
    with desk.database.write() as session:
        refused = {"state": "needs_attention", "last_error": words, "error_field": words, "error_code": code}
        session.execute(update(OutboxMessage).values(**refused))
        session.execute(update(Document).values(upload_url=f"https://dichvucong.example/files/{SECRETS['session']}"))
        session.add(SyncRun(started_at=AT, ended_at=AT, error=words))
        session.add(
            InboxEntry(
                digest="d",
                subject=code,
                kind="TienDo",
                dossier_code=code,
                payload=words.encode(),
                state="clash",
                error=words,
                arrived_at=AT,
            )
        )
    calls = (
        CALL,
        replace(CALL, call=f"GET /tracuu?mahoso={code}"),
        replace(CALL, call=f"PATCH /files/{SECRETS['session']}"),
        replace(CALL, call=SECRETS["name"]),
        replace(CALL, trouble=words),
        replace(CALL, trouble=SECRETS["number"]),
    )
    seen = Observed(LINE, True, "sign_in_needed", exchanges=calls, versions=(("Qt", "6.12.0"),))
    yield desk, seen, code
    desk.close()


def test_nothing_of_a_person_is_in_the_file(told: tuple[DeskContext, Observed, str], tmp_path: Path) -> None:
    desk, seen, code = told
    target = save_support_file(desk, seen, tmp_path / "ho-tro.txt")
    text = target.read_bytes().decode("utf-8-sig")
    for secret in (*SECRETS.values(), code, "Bí Mật", "Cán Bộ", code.rsplit("-", 1)[-1]):
        assert secret.lower() not in text.lower(), secret
    assert not re.search(r"\d{9}", text), "a number that could be somebody's"
    assert "DongBoHoSoMC | 200 | 812 | 18000 | 240" in text


def test_it_says_what_a_supporter_asks(told: tuple[DeskContext, Observed, str]) -> None:
    desk, seen, _ = told
    text = support_text(desk, seen)
    for words in (
        "Địa chỉ: https://dichvucong.example/cong\n",
        "Chứng thư của cổng đã hết hạn. (45 ms)",
        "Nơi ký chứng thư: CN=Gốc",
        "Chứng thư có giá trị: 08:30 10/03/2026 đến 08:30 08/06/2026",
        "Đồng hồ máy: lệch 7 phút, chậm hơn cổng",
        "Đăng nhập: Cổng không nhận tên hoặc mật khẩu.",
        "- tài liệu, cần xử lý: 1 tin, gửi nhiều nhất 0 lần, mã khác",
        "Qt: 6.12.0",
        "10/03/2026 | 1 | 0 | 0 | 0 | 0 | 1",
    ):
        assert words in text


def test_an_address_with_a_password_in_it_is_not_shown(desk: DeskContext) -> None:
    portal = {"url": "https://canbo:bi-mat@dichvucong.example"}
    found = facts(replace(desk, settings=with_changes(desk.settings, portal=portal)), Observed())
    assert found["Địa chỉ"].tone == "late"
    assert "bi-mat" not in found["Địa chỉ"].value


def test_lines_that_need_a_person_have_a_tone(desk: DeskContext, clock: Clock) -> None:
    receive(desk, full_request())
    clock.move(days=2)
    found = facts(desk, Observed(LINE, password_set=False, paused=True))
    late = {label for label, fact in found.items() if fact.tone == "late"}
    assert {"Địa chỉ", "Tên đăng nhập", "Mật khẩu", "Tạm dừng", "Bảo mật (TLS)", "Đồng hồ máy", "Tin cũ nhất"} <= late
    assert found["Tin cũ nhất"].value == "chờ từ 08:30 10/03/2026"


def test_a_desk_that_was_not_looked_at_says_so(desk: DeskContext) -> None:
    found = facts(desk, Observed())
    assert found["Kiểm tra"].value == "Chưa kiểm tra."
    assert "Mật khẩu" not in found
    assert found["Lần cuối liên lạc được"].value == "chưa lần nào"
    assert found["Sao lưu gần nhất"].value == "chưa có"
    assert facts(desk, Observed(LineReport(stopped=True)))["Kiểm tra"].value == "Đã dừng giữa chừng."


def test_the_newest_backup_is_told_by_its_day(desk: DeskContext) -> None:
    (desk.directory / "backups").mkdir(exist_ok=True)
    for day in ("20260308", "20260309"):
        (desk.directory / "backups" / f"hang-ngay-{day}.db").write_bytes(b"")
    assert facts(desk, Observed())["Sao lưu gần nhất"].value == "09/03/2026"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "đúng với cổng"),
        (-30, "lệch 30 giây, nhanh hơn cổng"),
        (9, "lệch 9 giây, chậm hơn cổng"),
        (119, "lệch 119 giây, chậm hơn cổng"),
    ],
)
def test_the_clock_in_words(desk: DeskContext, seconds: int, words: str) -> None:
    found = facts(desk, Observed(clock_skew=timedelta(seconds=seconds)))
    assert found["Đồng hồ máy"] == Fact("Đồng hồ máy", words, "")


@pytest.mark.parametrize(
    ("span", "words"), [(timedelta(hours=-7), "7 giờ, nhanh"), (timedelta(days=30), "30 ngày, chậm")]
)
def test_a_clock_far_off_is_told_in_larger_units(desk: DeskContext, span: timedelta, words: str) -> None:
    found = facts(desk, Observed(clock_skew=span))["Đồng hồ máy"]
    assert found == Fact("Đồng hồ máy", f"lệch {words} hơn cổng", "late")


def test_a_file_that_cannot_be_written_is_refused_in_words(desk: DeskContext, tmp_path: Path) -> None:
    with pytest.raises(KnownError):
        save_support_file(desk, Observed(), tmp_path / "không có" / "ho-tro.txt")
    assert list(tmp_path.glob("*.part")) == []


def test_whether_a_password_is_kept(desk: DeskContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "x")
    assert password_is_set(desk.settings)
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "")
    assert not password_is_set(desk.settings)
