"""Another office settles: letters are in its name, lists count it, the register names it (law.md, "Late")."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.apologies import Signing as LetterSigning
from counter_app.services.apologies import letter_history, letters_of, sign, sign_each, write
from counter_app.services.apologies_batch import BatchItem, start_batch
from counter_app.services.apologies_rows import LetterText
from counter_app.services.apology_list import apology_lines
from counter_app.services.desk import DeskContext
from counter_app.services.endings import Ending
from counter_app.services.handover import prepare, send
from counter_app.services.handover_receive import confirm, redirect, take_back
from counter_app.services.handover_values import Destination, Signing
from counter_app.services.offices import save_office
from counter_app.services.papers import make_paper, preview_apology
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.register import RegisterFilter, register_ids, register_lines
from counter_app.services.steps import StepInput, take_step
from tests.catalogue_samples import OFFICE, full_request
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.inspect_desk import nothing_stored, refused

OURS = replace(OFFICE, head_name="Y Trưởng")
JUSTICE = "Sở Tư pháp tỉnh Đắk Lắk"
NEW_DUE = datetime(2026, 3, 17, 17, tzinfo=VIETNAM)
TEXT = LetterText("Chờ xác minh", "Phòng Hộ tịch", NEW_DUE)
MARCH = date(2026, 3, 1)
DEPUTY = ("Trần Văn Phó", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC")


def given_to(desk: DeskContext, code: str, unit: str, office_code: str = "", *, signed: bool = True) -> None:
    made = send(desk, prepare(desk, [code], Destination(unit, office_code)).id, "Y Giao")
    if signed:
        confirm(desk, made.id, Signing("Y Nhận"))


@pytest.fixture
def code(desk: DeskContext) -> str:
    """Received at the commune's desk and signed for by another office."""
    save_office(desk, OURS)
    made = receive(desk, full_request()).code
    given_to(desk, made, JUSTICE, "H15.10")
    return made


def said(desk: DeskContext, code: str, form: str, folder: Path) -> str:
    return " ".join(text_of(make_paper(desk, code, form).pdf, folder).split())


def in_name_of_justice(words: str) -> None:
    assert JUSTICE.upper() in words
    assert f"{JUSTICE} tiếp nhận giải quyết hồ sơ" in words
    assert f"Bộ phận Tiếp nhận và Trả kết quả, {OFFICE.name};" in words
    assert "Số: ....." in words, "the office that signs numbers its own letters"
    for ours in (OURS.governing_body, OURS.head_title, OURS.head_name):
        assert ours not in words


def test_the_letter_is_that_of_the_office_that_settles(desk: DeskContext, code: str, tmp_path: Path) -> None:
    letter, _ = sign(desk, write(desk, code, TEXT, submit=True).id)
    in_name_of_justice(said(desk, code, "apology", tmp_path))
    assert (letter.number, letter.signed_by) == (None, f"Thủ trưởng {JUSTICE}")


def test_a_signer_who_is_named_signs_for_it(desk: DeskContext, code: str, tmp_path: Path) -> None:
    preview = preview_apology(
        desk, code, StepInput(reason="Chờ", unit="Phòng", new_due=NEW_DUE, signer=DEPUTY[0], signer_title=DEPUTY[1])
    )
    for words in (JUSTICE.upper(), "KT. GIÁM ĐỐC", DEPUTY[0]):
        assert words in text_of(preview.pdf, tmp_path)
    letter, _ = sign(desk, write(desk, code, TEXT, submit=True).id, LetterSigning(*DEPUTY))
    assert DEPUTY[0] in said(desk, code, "apology", tmp_path)
    assert letter.signed_by == DEPUTY[0]
    assert letter_history(desk, letter.id)[-1].note == "Người ký: Trần Văn Phó, KT. GIÁM ĐỐC, PHÓ GIÁM ĐỐC"


def test_nobody_signs_for_two_offices(desk: DeskContext, code: str) -> None:
    ours = receive(desk, full_request()).code
    letters = [write(desk, each, TEXT, submit=True).id for each in (code, ours)]
    with nothing_stored(desk), refused("signer_of_one_office", JUSTICE, OURS.name):
        sign_each(desk, letters, LetterSigning(*DEPUTY))
    with nothing_stored(desk), refused("signer_of_one_office"):
        start_batch(desk, [BatchItem(each, TEXT) for each in (code, ours)], signed=True, signer=DEPUTY[0])
    assert sign_each(desk, letters, LetterSigning()).done == tuple(letters), "each by its own head"
    assert {letters_of(desk, each)[0].signed_by for each in (code, ours)} == {f"Thủ trưởng {JUSTICE}", "Y Trưởng"}


def test_the_stop_notice_too(desk: DeskContext, code: str, tmp_path: Path) -> None:
    ending = Ending(law="Điều 9 Luật Hộ tịch 2014", requested_by="applicant", papers="Trả lại")
    take_step(desk, code, Step.STOP, StepInput(reason="Người nộp xin dừng", ending=ending))
    in_name_of_justice(said(desk, code, "stop_notice", tmp_path))
    assert show(desk, code).events[-1].details["signer"] == f"Thủ trưởng {JUSTICE}"


@pytest.mark.parametrize("where", ["department", "not signed", "came on to a department", "went on without a list"])
def test_a_department_settles_in_the_name_of_its_own_office(desk: DeskContext, where: str, tmp_path: Path) -> None:
    save_office(desk, OURS)
    code = receive(desk, full_request()).code
    if where in ("came on to a department", "went on without a list"):
        given_to(desk, code, JUSTICE, "H15.10")
    if where == "not signed":
        given_to(desk, code, JUSTICE, "H15.10", signed=False)
    elif where == "went on without a list":
        take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    else:
        given_to(desk, code, "Phòng Tư pháp")
    letter, _ = sign(desk, write(desk, code, TEXT, submit=True).id)
    words = said(desk, code, "apology", tmp_path)
    assert f"{OFFICE.name} tiếp nhận giải quyết hồ sơ" in words
    assert OURS.head_name in words
    assert letter.number == 1


def test_a_wrong_hand_over_put_right_goes_to_the_other_office_as_such(desk: DeskContext, code: str) -> None:
    wrong = receive(desk, full_request()).code
    given_to(desk, wrong, "Phòng Tư pháp")
    right = redirect(desk, wrong, JUSTICE, "Không thuộc thẩm quyền xã", giver="Y Nhận")
    assert show(desk, wrong).settling_office == "", "not signed for yet"
    confirm(desk, right.id, Signing("Y Nhận"))
    assert (right.office_code, show(desk, wrong).settling_office) == ("H15.10", JUSTICE)


def test_lists_and_register_name_it_after_the_papers_came_back(desk: DeskContext, clock: Clock, code: str) -> None:
    ours, none = receive(desk, full_request()).code, receive(desk, full_request()).code
    given_to(desk, none, JUSTICE, "H15.10")
    sign(desk, write(desk, code, TEXT, submit=True).id)
    sign(desk, write(desk, ours, TEXT, submit=True).id)
    take_back(desk, [code], "Y Giao")
    clock.set(20, 9)
    assert [(line.code, line.office) for line in apology_lines(desk, MARCH)] == [
        (code, JUSTICE),
        (none, JUSTICE),
        (ours, OFFICE.name),
    ]
    lines = register_lines(desk, register_ids(desk, RegisterFilter()))
    assert {line.dossier_code: line.lead_office for line in lines} == {code: JUSTICE, none: JUSTICE, ours: "UBND xã"}
    assert show(desk, code).row.unit == ""
    assert letters_of(desk, code)[0].number is None
