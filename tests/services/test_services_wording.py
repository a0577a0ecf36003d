"""The office's own wording: what may be changed, from when it holds, and that earlier papers keep theirs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.errors import KnownError, UserError
from counter_app.services.desk import DeskContext
from counter_app.services.offices import get_office
from counter_app.services.papers import make_paper
from counter_app.services.receive import receive
from counter_app.services.wording import (
    FORMS,
    FormWording,
    OfficeWording,
    WordingChange,
    WordingText,
    preview_wording,
    read_wording,
    save_wording,
)
from counter_app.services.wording_places import PLACES, as_markup, named
from printing.forms.blocks import TEXT_FIELDS
from tests.catalogue_samples import full_request
from tests.conftest import Clock
from tests.pdf_words import said
from tests.services.inspect_desk import refused

DAY = date(2026, 3, 10)
NOTE = "- Mang <b>giấy này</b> & thẻ căn cước.\n- Hỏi: [điện thoại bộ phận], trước 17h <thứ Sáu>."


def form_of(wording: OfficeWording, name: str) -> FormWording:
    return next(form for form in wording.forms if form.form == name)


def text_of(wording: OfficeWording, form: str, kind: str, number: int = 0) -> WordingText:
    return [text for text in form_of(wording, form).texts if text.kind == kind][number]


def change(desk: DeskContext, form: str, kind: str, words: str, *, day: date | None = None, number: int = 0) -> None:
    wording = read_wording(desk)
    key = text_of(wording, form, kind, number).key
    save_wording(desk, WordingChange(wording.set_id, day or wording.earliest, {form: {key: words}}))


def test_a_prescribed_form_keeps_its_heading_and_its_labels(desk: DeskContext) -> None:
    wording = read_wording(desk)
    assert {form.form for form in wording.forms} == set(FORMS)
    assert wording.own_since is None
    for form in wording.forms:
        kinds = {text.kind for text in form.texts}
        assert form.prescribed is not ("title" in kinds or "label" in kinds), form.form
        assert form.texts
        assert all(text.words == text.shipped for text in form.texts)
    assert {text.kind for text in form_of(wording, "receipt").texts} == {"notes"}
    assert {text.kind for text in form_of(wording, "apology").texts} == {"suffix", "sentence", "addressees"}


def test_every_place_that_can_be_edited_has_a_name_and_no_two_share_one(desk: DeskContext, clock: Clock) -> None:
    for year in (2020, 2026):
        clock.now = clock.now.replace(year=year)
        for form in read_wording(desk).forms:
            assert not [text for text in form.texts if "_" in text.words], form.form
    assert len(set(PLACES.values())) == len(PLACES)
    assert PLACES.keys() <= TEXT_FIELDS, "no name for what nobody fills in"


def test_a_paper_given_before_keeps_its_wording_and_a_later_one_has_the_new(desk: DeskContext, clock: Clock) -> None:
    before = receive(desk, full_request()).code
    old = said(make_paper(desk, before, "receipt").pdf)
    assert read_wording(desk).earliest == DAY + timedelta(days=1), "papers were given today"
    change(desk, "receipt", "notes", NOTE)
    assert said(make_paper(desk, before, "receipt").pdf) == old
    clock.set(11, 9)
    after = receive(desk, full_request()).code
    new = said(make_paper(desk, after, "receipt").pdf)
    assert "- Mang giấy này & thẻ căn cước." in new
    assert "trước 17h <thứ Sáu>." in new
    assert "02 liên" in old
    assert "02 liên" not in new
    assert said(make_paper(desk, before, "receipt").pdf) == old
    again = read_wording(desk)
    assert again.own_since == date(2026, 3, 11)
    assert text_of(again, "receipt", "notes").words == NOTE
    assert "02 liên" in text_of(again, "receipt", "notes").shipped


def test_on_a_day_without_papers_the_change_holds_from_that_day(desk: DeskContext) -> None:
    assert read_wording(desk).earliest == DAY
    change(desk, "receipt", "notes", NOTE)
    change(desk, "payment_note", "title", "PHIẾU THU TIỀN\nTẠI QUẦY")
    assert [path.name for path in (desk.directory / "forms").iterdir()] == ["loi-van-2026-03-10.toml"]
    code = receive(desk, full_request()).code
    assert "Mang giấy này" in said(make_paper(desk, code, "receipt").pdf)
    wording = read_wording(desk)
    assert wording.earliest == date(2026, 3, 11)
    assert text_of(wording, "payment_note", "title").words == "PHIẾU THU TIỀN\nTẠI QUẦY", "the first change stays"
    assert form_of(wording, "payment_note").name == "Phiếu thu tiền tại quầy"
    with refused("wording_day_invalid", "11/03/2026"):
        change(desk, "receipt", "notes", NOTE, day=DAY)


def test_back_to_the_shipped_wording(desk: DeskContext, clock: Clock) -> None:
    shipped = text_of(read_wording(desk), "receipt", "notes").shipped
    change(desk, "receipt", "notes", "- Mang giấy này.")
    receive(desk, full_request())
    clock.set(12, 9)
    change(desk, "receipt", "notes", shipped)
    code = receive(desk, full_request()).code
    assert "02 liên" in said(make_paper(desk, code, "receipt").pdf)
    text = text_of(read_wording(desk), "receipt", "notes")
    assert text.words == text.shipped == shipped


def test_a_wording_to_come_is_changed_and_never_overtaken(desk: DeskContext) -> None:
    change(desk, "receipt", "notes", NOTE, day=date(2026, 4, 1))
    wording = read_wording(desk)
    assert (wording.earliest, wording.own_since) == (date(2026, 4, 1), date(2026, 4, 1))
    with refused("wording_day_invalid"):
        change(desk, "receipt", "notes", NOTE, day=date(2026, 3, 20))
    change(desk, "refusal", "sentence", "Xin thông báo để ông/bà biết.", number=1)
    code = receive(desk, full_request()).code
    assert "02 liên" in said(make_paper(desk, code, "receipt").pdf), "it does not hold yet"
    assert text_of(read_wording(desk), "receipt", "notes").words == NOTE


@pytest.mark.parametrize(
    ("form", "kind", "words", "told"),
    [
        ("receipt", "notes", "  ", "Không để trống"),
        ("receipt", "notes", "a" * 1501, "1500"),
        ("receipt", "notes", "Hỏi [số điện thoại nhà]", "[số điện thoại nhà]"),
        ("receipt", "notes", "Mang <b>giấy này", "chưa đóng"),
        ("receipt", "notes", "Mã bưu gửi [đơn vị vận chuyển]", "không có ở giấy này"),
        ("apology", "sentence", "Xin lỗi ông/bà.", "Thiếu chỗ điền"),
        ("apology", "suffix", "UBND xã", "30 chữ"),
        ("payment_note", "title", "PHIẾU <b>", "ký tự"),
        ("payment_note", "label", "Người nộp:", "[người nộp tiền]"),
        ("payment_note", "heading", "Các khoản: [tổng số tiền]", "không có chỗ nào"),
    ],
)
def test_what_cannot_be_printed_is_refused_and_named(
    desk: DeskContext, form: str, kind: str, words: str, told: str
) -> None:
    number = 1 if (form, kind) == ("payment_note", "label") else 0
    with pytest.raises(UserError) as caught:
        change(desk, form, kind, words, number=number)
    assert caught.value.kind == "wording_invalid"
    assert told in caught.value.message
    assert caught.value.details["form"] == form
    assert caught.value.details["text"] == text_of(read_wording(desk), form, kind, number).key
    assert not (desk.directory / "forms").exists()


def test_a_set_put_in_force_meanwhile_is_not_written_over(desk: DeskContext) -> None:
    wording = read_wording(desk)
    key = text_of(wording, "receipt", "notes").key
    folder = desk.directory / "forms"
    folder.mkdir()
    (folder / "mau-rieng.toml").write_text(
        'id = "rieng"\nregulation = "Quyết định 5/2026"\nvalid_from = 2026-03-01\n', encoding="utf-8"
    )
    with refused("wording_changed", "Quyết định 5/2026"):
        save_wording(desk, WordingChange(wording.set_id, wording.earliest, {"receipt": {key: NOTE}}))
    change(desk, "receipt", "notes", NOTE)
    assert text_of(read_wording(desk), "receipt", "notes").words == NOTE


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_seen_with_what_is_being_typed(desk: DeskContext, form: str) -> None:
    wording = read_wording(desk)
    office = get_office(desk)
    texts = form_of(wording, form).texts
    plain = said(preview_wording(desk, wording.day, form, {}, office))
    for text in texts:
        new = "TTPVHCC-9" if text.kind == "suffix" else f"Chữ Mới {text.words}"
        shown = said(preview_wording(desk, wording.day, form, {text.key: new}, office))
        wanted = "TTPVHCC-9" if text.kind == "suffix" else "Chữ Mới"
        assert wanted in shown, text.key
        assert wanted not in plain


def test_the_register_has_nothing_to_change_and_the_set_of_2018_no_stop_notice(desk: DeskContext, clock: Clock) -> None:
    clock.now = clock.now.replace(year=2020)
    assert "stop_notice" not in {form.form for form in read_wording(desk).forms}
    assert "register" not in FORMS


@given(st.text(alphabet="aă &<>{}\n'\"[]/b", max_size=30))
def test_what_is_typed_stands_on_the_paper_as_it_was_typed(words: str) -> None:
    try:
        markup = as_markup(words, frozenset())
    except UserError:
        return
    assert named(markup) == words


def test_a_folder_that_cannot_be_written_is_told(desk: DeskContext) -> None:
    (desk.directory / "forms").write_text("not a folder", encoding="utf-8")
    with pytest.raises(KnownError):
        change(desk, "receipt", "notes", NOTE)
