"""The wording of the forms in the settings: seen while it is typed, refused with its place, saved from its day."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt

from counter_app.app import RunningApp
from counter_app.services import wording as service
from counter_app.services.offices import get_office
from counter_app.services.wording import read_wording
from counter_app.ui.settings_page import SettingsPage
from counter_app.ui.settings_page_wording import HEAD, WordingForm
from tests.pdf_words import said
from tests.ui.vietnamese_typing import type_vietnamese
from tests.ui.window_fixtures import press, settings_page, settle

NOTE = "18.lines"


@pytest.fixture
def page(running: RunningApp, qtbot: Any) -> SettingsPage:
    running.window.resize(1366, 768)
    shown = settings_page(running, qtbot)
    shown.tabs.setCurrentWidget(shown.wording_form)
    rested(shown.wording_form, qtbot)
    return shown


@pytest.fixture
def form(page: SettingsPage) -> WordingForm:
    return page.wording_form


def rested(form: WordingForm, qtbot: Any) -> None:
    """Until the paper shows what was typed."""
    qtbot.waitUntil(
        lambda: not form.delay.isActive() and not form._drawing and form.context.executor.pending == 0, timeout=10_000
    )


def choose(form: WordingForm, name: str, qtbot: Any) -> None:
    form.form_choice.setCurrentIndex(form.form_choice.findData(name))
    rested(form, qtbot)


def notes(form: WordingForm) -> str:
    """The key of the foot notes."""
    return next(key for key in form.texts.fields if key.endswith(".lines"))


def paper(form: WordingForm) -> str:
    assert form.preview._data is not None
    return said(form.preview._data)


def test_what_is_typed_is_seen_on_the_paper(form: WordingForm, page: SettingsPage, qtbot: Any) -> None:
    choose(form, "receipt", qtbot)
    qtbot.waitUntil(lambda: form.preview.picture(0) is not None)
    before = form.preview.picture(0).toImage()
    assert not page.dirty
    field = form.texts.fields[notes(form)]
    field.clear()
    type_vietnamese(field, "- Mang giấy này. Hỏi [điện thoại bộ phận]")
    rested(form, qtbot)
    assert "- Mang giấy này. Hỏi 0262 3812 345" in paper(form)
    qtbot.waitUntil(lambda: form.preview.picture(0) is not None)
    assert form.preview.picture(0).toImage() != before
    assert page.dirty


def test_tab_goes_from_the_form_through_its_texts_in_their_order(form: WordingForm, qtbot: Any) -> None:
    choose(form, "refusal", qtbot)
    fields = list(form.texts.fields.values())
    fields[0].setFocus()
    for field in fields[1:]:
        form.focusNextChild()
        assert form.window().focusWidget() is field
    form.focusNextChild()
    assert form.window().focusWidget() is form.back


def test_the_paper_is_drawn_once_typing_rests(form: WordingForm, monkeypatch: pytest.MonkeyPatch, qtbot: Any) -> None:
    choose(form, "receipt", qtbot)
    drawn: list[str] = []
    real = service.preview_wording

    def counted(*given: Any) -> bytes:
        drawn.append(given[3][notes(form)])
        return real(*given)

    monkeypatch.setattr(service, "preview_wording", counted)
    field = form.texts.fields[notes(form)]
    field.clear()
    type_vietnamese(field, "- Mang theo căn cước")
    rested(form, qtbot)
    assert drawn == ["- Mang theo căn cước"]


def test_while_one_is_drawn_the_next_waits_and_is_the_last(form: WordingForm, qtbot: Any) -> None:
    choose(form, "receipt", qtbot)
    for words in ("- một", "- hai", "- ba"):
        form.texts.fields[notes(form)].setPlainText(words)
        form.draw()
    rested(form, qtbot)
    assert "- ba" in paper(form)


def test_a_text_that_cannot_be_printed_is_marked_and_not_saved(
    form: WordingForm, page: SettingsPage, running: RunningApp, qtbot: Any
) -> None:
    choose(form, "refusal", qtbot)
    key = next(iter(form.texts.fields))
    field = form.texts.fields[key]
    before = paper(form)
    field.setPlainText("Không tiếp nhận.")
    rested(form, qtbot)
    assert form.problem.isVisible()
    assert "Thiếu chỗ điền" in form.problem.text()
    assert field.property("tone") == "error"
    assert paper(form) == before, "what could be printed last stays in sight"
    page.save_button.click()
    settle(qtbot, running.executor)
    assert "Thiếu chỗ điền" in page.state.text()
    assert page.dirty
    assert not (running.desk.directory / "forms").exists()
    form.texts.back_buttons[key].click()
    rested(form, qtbot)
    assert not form.problem.isVisible()
    assert field.property("tone") == ""


def test_it_is_saved_from_its_day_and_taken_back_the_same_way(
    form: WordingForm, page: SettingsPage, running: RunningApp, qtbot: Any
) -> None:
    choose(form, "receipt", qtbot)
    assert form.state.text() == "Đang dùng lời văn gốc."
    shipped = form.texts.fields[notes(form)].toPlainText()
    assert not form.texts.back_buttons[notes(form)].isVisible()
    form.texts.fields[notes(form)].setPlainText("- Mang giấy này.")
    form.valid_from.setDate(QDate(2026, 3, 20))
    qtbot.waitUntil(page.isActiveWindow)
    form.texts.fields[notes(form)].setFocus()
    press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, running.executor)
    rested(form, qtbot)
    assert not page.dirty
    assert form.state.text() == "Đang dùng lời văn riêng của cơ quan, từ 20/03/2026."
    assert form.valid_from.minimumDate() == QDate(2026, 3, 20)
    assert form.form_choice.currentData() == "receipt"
    assert form.texts.fields[notes(form)].toPlainText() == "- Mang giấy này."
    assert form.texts.fields[notes(form)].hasFocus()
    form.back.click()
    assert form.texts.fields[notes(form)].toPlainText() == shipped
    page.save_button.click()
    settle(qtbot, running.executor)
    rested(form, qtbot)
    (found,) = (each for each in read_wording(running.desk).forms if each.form == "receipt")
    assert found.texts[0].words == found.texts[0].shipped


def test_edits_of_several_forms_are_kept_until_they_are_saved_or_dropped(
    form: WordingForm, page: SettingsPage, running: RunningApp, qtbot: Any
) -> None:
    choose(form, "receipt", qtbot)
    form.texts.fields[notes(form)].setPlainText("- Mang giấy này.")
    choose(form, "payment_note", qtbot)
    form.texts.fields["title"].setPlainText("PHIẾU THU TIỀN")
    choose(form, "receipt", qtbot)
    assert form.texts.fields[notes(form)].toPlainText() == "- Mang giấy này."
    change = form.change()
    assert change is not None
    assert set(change.forms) == {"receipt", "payment_note"}
    page.undo_button.click()
    settle(qtbot, running.executor)
    rested(form, qtbot)
    assert form.change() is None
    assert "02 liên" in form.texts.fields[notes(form)].toPlainText()


def test_the_letterhead_is_the_office_s_wherever_it_is_edited(
    form: WordingForm, page: SettingsPage, running: RunningApp, qtbot: Any
) -> None:
    choose(form, HEAD, qtbot)
    assert not form.valid_from.isVisible()
    assert not form.back.isVisible()
    place = form.texts.fields["place"]
    place.selectAll()
    type_vietnamese(place, "Buôn Ma Thuột")
    rested(form, qtbot)
    assert "Buôn Ma Thuột, ngày 10 tháng 3 năm 2026" in paper(form)
    assert page.office_form.fields["place"].text() == "Buôn Ma Thuột"
    page.office_form.fields["desk_name"].clear()
    type_vietnamese(page.office_form.fields["desk_name"], "TRUNG TÂM PHỤC VỤ")
    rested(form, qtbot)
    assert form.texts.fields["desk_name"].toPlainText() == "TRUNG TÂM PHỤC VỤ"
    assert "TRUNG TÂM PHỤC VỤ" in paper(form)
    page.save_button.click()
    settle(qtbot, running.executor)
    assert get_office(running.desk).place == "Buôn Ma Thuột"
    assert get_office(running.desk).desk_name == "TRUNG TÂM PHỤC VỤ"
    assert not (running.desk.directory / "forms").exists(), "no set for what every paper freezes by itself"


def test_a_set_of_the_office_that_cannot_be_read_is_told(
    running: RunningApp, page: SettingsPage, form: WordingForm, qtbot: Any
) -> None:
    (running.desk.directory / "forms").mkdir()
    (running.desk.directory / "forms" / "mau.toml").write_text("id = ", encoding="utf-8")
    form.read()
    settle(qtbot, running.executor)
    assert "mau.toml" in form.problem.text()
    assert form.problem.isVisible()
