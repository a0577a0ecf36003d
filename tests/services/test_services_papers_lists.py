"""Papers of many dossiers: what they say, that they are printed once, and that a reprint bears its mark."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from counter_app.rules.lifecycle import Step
from counter_app.services import papers_lists
from counter_app.services.attach import attach
from counter_app.services.day_closing import close_day
from counter_app.services.desk import DeskContext
from counter_app.services.fees import MoneyIn, take
from counter_app.services.handover import prepare, send
from counter_app.services.handover_receive import confirm
from counter_app.services.handover_values import Destination, Signing
from counter_app.services.offices import save_office
from counter_app.services.papers_lists import (
    closing_paper,
    handover_paper,
    list_again,
    print_closing,
    print_handover,
    register_paper,
)
from counter_app.services.print_jobs import job
from counter_app.services.receive import receive
from counter_app.services.register import RegisterFilter
from counter_app.services.returning import give
from counter_app.services.returning_delivery import Handing, ResultOut
from counter_app.services.steps import StepInput, find_dossier, take_step
from counter_app.services.values import FeeIn
from tests.catalogue_samples import DUNG, OFFICE, YBHIAO, full_request, write_pdf
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.inspect_desk import refused

CIVIL = "Phòng Văn hóa - Xã hội"
PRINTER = "tcp://127.0.0.1:9"
TODAY = date(2026, 3, 10)


@pytest.fixture
def codes(desk: DeskContext) -> list[str]:
    return [receive(desk, full_request(applicant=who, fees=(FeeIn("LP01"),))).code for who in (DUNG, YBHIAO)]


def text(pdf: bytes, folder: Path) -> str:
    return " ".join(text_of(pdf, folder).split())


def test_the_record_of_a_hand_over_lists_dossiers_and_papers(
    desk: DeskContext, codes: list[str], tmp_path: Path
) -> None:
    made = prepare(desk, codes, Destination(CIVIL))
    send(desk, made.id)
    said = text(handover_paper(desk, made.id), tmp_path)
    for words in ("BIÊN BẢN BÀN GIAO", "Số: 1/", CIVIL, "Lê Thị Hạnh", "Tờ khai theo mẫu (01 bản chính)", "Liên 2",
                  DUNG.name, YBHIAO.name):  # fmt: skip
        assert words in said, words
    assert "Y Thắng Êban" not in said
    confirm(desk, made.id, Signing("Y Thắng Êban"))
    assert "Y Thắng Êban" in text(handover_paper(desk, made.id), tmp_path)


def test_what_ended_before_it_went_is_not_on_the_record(desk: DeskContext, codes: list[str], tmp_path: Path) -> None:
    made = prepare(desk, codes, Destination(CIVIL))
    take_step(desk, codes[0], Step.WITHDRAW, StepInput())
    said = text(handover_paper(desk, made.id), tmp_path)
    assert DUNG.name not in said
    assert YBHIAO.name in said


def test_a_list_is_printed_once_and_again_with_its_mark(desk: DeskContext, codes: list[str], tmp_path: Path) -> None:
    made = prepare(desk, codes, Destination(CIVIL))
    drafts = [print_handover(desk, made.id, PRINTER) for _ in range(2)]
    assert {job(desk.database, draft).event_number for draft in drafts} == {None}, "to be looked at, no paper yet"
    send(desk, made.id)
    number = print_handover(desk, made.id, PRINTER)
    assert (job(desk.database, number).event_number, job(desk.database, number).reprint) == (made.id, False)
    with refused("already_printed"):
        print_handover(desk, made.id, PRINTER)
    assert print_handover(desk, made.id, PRINTER, reprint=True) != number
    again = list_again(desk, papers_lists.HANDOVER, made.id, reprint=True)
    assert "Bản in lại" in text(again, tmp_path)


def test_the_closing_says_what_was_taken_and_counted(
    desk: DeskContext, clock: Clock, codes: list[str], tmp_path: Path
) -> None:
    take(desk, codes[0], MoneyIn(official_receipt="BL7"))
    take(desk, codes[1], MoneyIn("transfer", reference="FT1"))
    said = text(closing_paper(desk, TODAY), tmp_path)
    for words in ("10/03/2026", "BL7", "Chuyển khoản", "16.000", DUNG.name):
        assert words in said, words
    assert "Rơi" not in said
    print_closing(desk, TODAY, PRINTER)
    close_day(desk, TODAY, {"Lê Thị Hạnh": 7000}, "Rơi mất một tờ")
    said = text(closing_paper(desk, TODAY), tmp_path)
    for words in ("Rơi mất một tờ", "15.000", "-1.000"):
        assert words in said.replace("−", "-"), words
    number = print_closing(desk, TODAY, PRINTER)
    found = job(desk.database, number)
    assert found.event_number is not None
    assert not found.reprint, "what was printed before the counting was another sheet"
    assert "Bản in lại" in text(list_again(desk, found.form, found.event_number, reprint=True), tmp_path)


def test_the_register_has_a_volume_a_year(
    desk: DeskContext, clock: Clock, codes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set(31, 9, month=12)
    clock.move(days=5)
    receive(desk, full_request())
    pdf, count = register_paper(desk, RegisterFilter())
    assert count == 3
    said = text(pdf, tmp_path)
    for words in ("SỔ THEO DÕI HỒ SƠ", "2026", "2027", DUNG.name, YBHIAO.name):
        assert words in said, words
    with refused("register_empty"):
        register_paper(desk, RegisterFilter(volume=2020))
    monkeypatch.setattr(papers_lists, "MOST_LINES", 2)
    with refused("register_too_long", "2 hồ sơ"):
        register_paper(desk, RegisterFilter())


def test_a_list_printed_again_is_of_the_office_that_gave_it(
    desk: DeskContext, clock: Clock, codes: list[str], tmp_path: Path
) -> None:
    made = prepare(desk, codes, Destination(CIVIL))
    send(desk, made.id)
    given = handover_paper(desk, made.id)
    clock.move(days=1)
    save_office(desk, replace(OFFICE, name="UBND phường Ea Kao", desk_name="QUẦY MỚI", place="Phường Ea Kao"))
    assert handover_paper(desk, made.id) == given
    waiting = prepare(desk, [receive(desk, full_request()).code], Destination(CIVIL))
    assert "QUẦY MỚI" in text(handover_paper(desk, waiting.id), tmp_path)


def test_the_closing_of_a_day_is_of_the_office_that_took_its_money(
    desk: DeskContext, clock: Clock, codes: list[str], tmp_path: Path
) -> None:
    save_office(desk, replace(OFFICE, head_name="Y Cũ"))
    take(desk, codes[0], MoneyIn())
    close_day(desk, TODAY, {"Lê Thị Hạnh": 8000}, "")
    given = closing_paper(desk, TODAY)
    clock.move(days=1)
    save_office(desk, replace(OFFICE, desk_name="QUẦY MỚI", place="Phường Ea Kao", head_name="Y Mới"))
    assert closing_paper(desk, TODAY) == given
    assert "Y Cũ" in text(given, tmp_path)
    take(desk, codes[1], MoneyIn())
    assert "QUẦY MỚI" in text(closing_paper(desk, date(2026, 3, 11)), tmp_path)
    assert "QUẦY MỚI" in text(closing_paper(desk, date(2026, 3, 12)), tmp_path), "no money, no old name"


def test_several_results_stand_in_the_register_each_with_its_number(
    desk: DeskContext, codes: list[str], tmp_path: Path
) -> None:
    results = (ResultOut("Trích lục", "17/2026/TLKS"), ResultOut("Bản sao", "18/BS"))
    for code, given in zip(codes, (results, ()), strict=True):
        take_step(desk, code, Step.FINISH, StepInput())
        give(desk, code, Handing(by="counter", signed=True, results=given))
    said = text(register_paper(desk, RegisterFilter())[0], tmp_path)
    assert "Trích lục số 17/2026/TLKS; Bản sao số 18/BS".replace(" ", "") in said.replace(" ", ""), "a narrow column"
    assert "Giấy xác nhận" not in said, "one result without a number is what the procedure says anyway"


def test_results_go_with_the_dossier_each_by_its_number(desk: DeskContext, codes: list[str], tmp_path: Path) -> None:
    attach(desk, codes[0], [write_pdf(tmp_path / f"{name}.pdf", name) for name in ("một", "hai")], result="KQ01")
    told = [{"MaGiayToKetQua": f"{codes[0]}-KQ7", "TenGiayTo": "Quyết định của huyện"}, {"TenGiayTo": "Phụ lục"}]
    with desk.database.write() as session:
        find_dossier(session, codes[0]).portal_told = {"DanhSachGiayToKetQua": told}
    made = prepare(desk, codes, Destination(CIVIL))
    said = text(handover_paper(desk, made.id), tmp_path)
    for words in ("KQ1: Giấy xác nhận", "KQ2: Giấy xác nhận", "KQ7: Quyết định của huyện", "Phụ lục"):
        assert words in said, words
