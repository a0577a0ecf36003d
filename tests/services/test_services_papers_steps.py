"""Papers that a step issues: their number, what they say, and that they keep saying it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.endings import Ending
from counter_app.services.offices import save_office
from counter_app.services.papers import make_paper, print_paper
from counter_app.services.papers_steps import WHY_SUPPLEMENT, asked_for
from counter_app.services.receive import receive
from counter_app.services.returning_delivery import OriginalBack
from counter_app.services.steps import StepInput, take_step
from counter_app.services.undo import undo_last
from counter_app.services.values import FeeIn, OfficeData
from tests.catalogue_samples import HNGAM, OFFICE, full_request
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.inspect_desk import refused
from tests.services.test_services_portal_feed import ONLINE_CODE, feed, online

RENAMED = OfficeData(OFFICE.code, "UBND phường Mới", "UBND TỈNH MỚI", place="Phường Mới", head_name="Y Mới")
PRINTER = "tcp://127.0.0.1:9"
ASKED = "1. Giấy khai sinh (bản chính)\n2) Sổ hộ khẩu cũ\n- Lý do: thông tin hai giấy không khớp"
LAW = "Luật Hộ tịch 2014, Điều 38"
STOP = StepInput(
    reason="Người nộp có đơn đề nghị dừng",
    ending=Ending(law=LAW, requested_by="applicant", papers="Trả lại toàn bộ", fees="Không hoàn"),
)


@pytest.fixture
def code(desk: DeskContext) -> str:
    return receive(desk, full_request(fees=(FeeIn("LP01"),))).code


@pytest.fixture
def sent_in(desk: DeskContext) -> str:
    """An online dossier that nobody has received yet: only such a one is refused."""
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    return ONLINE_CODE


def text(desk: DeskContext, code: str, form: str, folder: Path, *, reprint: bool = False) -> str:
    """The words of a paper, a blank between any two."""
    return " ".join(text_of(make_paper(desk, code, form, reprint=reprint).pdf, folder).split())


def test_a_supplement_request_numbers_what_is_asked_for_and_says_why(
    desk: DeskContext, code: str, tmp_path: Path
) -> None:
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason=ASKED))
    said = text(desk, code, "supplement_request", tmp_path)
    for words in ("BỔ SUNG, HOÀN THIỆN HỒ SƠ", "Số: 1/", HNGAM.name, "1. Giấy khai sinh (bản chính)",
                  "2. Sổ hộ khẩu cũ", "Lý do: thông tin hai giấy không khớp"):  # fmt: skip
        assert words in said, words
    assert "3. " not in said.split("Lý do:")[0].split("nội dung sau:")[1]


def test_a_dossier_received_in_part_has_its_request_too(desk: DeskContext, tmp_path: Path) -> None:
    code = receive(desk, replace(full_request(), components=(), supplement_reason="Tờ khai theo mẫu")).code
    said = text(desk, code, "supplement_request", tmp_path)
    assert "1. Tờ khai theo mẫu" in said
    assert f"Lý do: {WHY_SUPPLEMENT}" in said
    assert "HẸN TRẢ KẾT QUẢ" in text(desk, code, "receipt", tmp_path)


def test_a_refusal_names_reason_and_article(desk: DeskContext, sent_in: str, tmp_path: Path) -> None:
    take_step(desk, sent_in, Step.REFUSE, StepInput(reason="Không thuộc thẩm quyền", ending=Ending(law=LAW)))
    said = text(desk, sent_in, "refusal", tmp_path)
    for words in ("TỪ CHỐI TIẾP NHẬN", "Số: 1/", "Không thuộc thẩm quyền.", f"Căn cứ: {LAW}.", HNGAM.name):
        assert words in said, words


def test_a_stop_notice_says_on_whose_request_and_what_becomes_of_papers_and_fees(
    desk: DeskContext, code: str, tmp_path: Path
) -> None:
    take_step(desk, code, Step.STOP, STOP)
    said = text(desk, code, "stop_notice", tmp_path)
    for words in ("DỪNG GIẢI QUYẾT HỒ SƠ", "Số: 1", "Theo đề nghị của người nộp.", "Người nộp có đơn đề nghị dừng.",
                  LAW, "Trả lại toàn bộ", "Không hoàn", code, "Đã tiếp nhận"):  # fmt: skip
        assert words in said, words


def test_without_words_the_notice_lists_what_was_given_back(desk: DeskContext, code: str, tmp_path: Path) -> None:
    ending = Ending(requested_by="rule", originals=(OriginalBack("TP01", 1),))
    take_step(desk, code, Step.STOP, StepInput(reason="Quá hạn bổ sung", ending=ending))
    said = text(desk, code, "stop_notice", tmp_path)
    assert "Giấy tờ trong hồ sơ: Trả lại: " in said
    assert "(01 bản chính)" in said
    assert "Phí, lệ phí đã nộp: Không có." in said


@pytest.mark.parametrize(
    ("form", "step", "words"),
    [
        ("supplement_request", Step.REQUEST_SUPPLEMENT, StepInput(reason=ASKED)),
        ("refusal", Step.REFUSE, StepInput(reason="Không thuộc thẩm quyền")),
        ("stop_notice", Step.STOP, STOP),
    ],
)
def test_a_paper_says_what_it_said_and_is_printed_once(
    desk: DeskContext, code: str, sent_in: str, tmp_path: Path, form: str, step: Step, words: StepInput
) -> None:
    code = sent_in if step is Step.REFUSE else code
    take_step(desk, code, step, words)
    before = make_paper(desk, code, form).pdf
    save_office(desk, RENAMED)
    assert make_paper(desk, code, form).pdf == before
    print_paper(desk, code, form, PRINTER)
    with refused("already_printed"):
        print_paper(desk, code, form, PRINTER)
    assert print_paper(desk, code, form, PRINTER, reprint=True)
    assert "Bản in lại" in text(desk, code, form, tmp_path, reprint=True)
    assert "Bản in lại" not in text(desk, code, form, tmp_path)


def test_numbers_run_within_form_office_and_year(desk: DeskContext, clock: Clock, tmp_path: Path) -> None:
    said = []
    for month in (3, 3, 12):
        clock.set(10 if month == 3 else 31, 9, month=month)
        code = receive(desk, full_request()).code
        if month == 12:
            clock.move(days=5)
        take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason=ASKED))
        said.append(text(desk, code, "supplement_request", tmp_path).split("Số: ")[1].split("/")[0])
    assert said == ["1", "2", "1"], "a new year begins at one, whatever receipts were given"


def test_what_was_taken_back_is_no_paper_any_more(desk: DeskContext, code: str) -> None:
    take_step(desk, code, Step.STOP, StepInput(reason="Nhầm hồ sơ"))
    undo_last(desk, code, "Bấm nhầm")
    with refused("form_not_issued"):
        make_paper(desk, code, "stop_notice")


def test_a_notice_under_rules_that_have_none_is_refused_in_words(
    desk: DeskContext, clock: Clock, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from printing import forms

    oldest = forms.form_sets()[0]
    take_step(desk, code, Step.STOP, STOP)
    monkeypatch.setattr(forms, "form_set_for", lambda *_given, **_named: oldest)
    with refused("form_unknown", oldest.regulation):
        make_paper(desk, code, "stop_notice")


@given(st.lists(st.text(alphabet="abc đệ123.-)", min_size=1).filter(str.strip), min_size=1))
def test_nothing_that_is_asked_for_gets_lost(lines: list[str]) -> None:
    items, reason = asked_for("\n".join(lines))
    assert reason == WHY_SUPPLEMENT
    assert len(items) == len(lines)
    for item, line in zip(items, lines, strict=True):
        assert line.strip().endswith(item)
