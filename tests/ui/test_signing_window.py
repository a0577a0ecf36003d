"""Certificates in the settings, unlocking them, and what a clerk sees of signatures: driven in the real window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QTreeWidgetItemIterator

from counter_app.app import RunningApp
from counter_app.services.attach import attach
from counter_app.services.reading import show
from counter_app.services.signatures import OFFICE, PERSON
from counter_app.services.signing import key_states, unlock
from counter_app.services.values import Received
from counter_app.settings import CertificateSettings, SigningSettings, load_settings
from counter_app.ui.dossier_page import DossierPage
from counter_app.ui.signing_document import SignedDocumentDialog
from counter_app.ui.signing_form import SigningForm
from counter_app.ui.signing_unlock import UnlockDialog
from tests.scanning.signing_samples import (
    CLERK,
    HAS_TOKEN,
    PASSWORD,
    PIN,
    make_token,
    office,
    order,
    owner,
    roots,
    signed_in_place,
)
from tests.scanning.signing_samples import OFFICE as OFFICE_NAME
from tests.services.scan_samples import printed_pdf
from tests.ui.window_fixtures import drain, press, settings_page, settle, type_text

WAIT_MS = 20_000


@pytest.fixture
def form(running: RunningApp, qtbot: Any) -> SigningForm:
    running.window.resize(1366, 768)
    page = settings_page(running, qtbot)
    page.tabs.setCurrentWidget(page.signing_form)
    return page.signing_form


@pytest.fixture
def chosen(running: RunningApp, tmp_path: Path) -> RunningApp:
    """Both certificates are chosen and locked."""
    signing = SigningSettings(
        person=CertificateSettings(file=owner().place(tmp_path, "canhan.p12").file),
        office=CertificateSettings(file=office().place(tmp_path, "coquan.p12").file),
        trust_folder=str(roots(tmp_path / "roots")),
    )
    desk = running.context.desk
    running.context.desk = replace(desk, settings=replace(desk.settings, signing=signing))
    running.context.announce("settings")
    return running


def unlock_by_keyboard(dialog: UnlockDialog | None, secret: str, qtbot: Any) -> None:
    assert dialog is not None
    qtbot.waitUntil(dialog.secret.hasFocus, timeout=WAIT_MS)
    dialog.secret.setText(secret)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.thread_.running, timeout=WAIT_MS)


def words(key: Any) -> tuple[str, str]:
    return key.answer.text(), key.answer.property("tone")


def test_a_certificate_is_chosen_tried_saved_and_forgotten(
    form: SigningForm, running: RunningApp, tmp_path: Path, qtbot: Any
) -> None:
    person = form.keys[PERSON]
    assert words(person) == ("Chưa chọn: tài liệu quét không được ký.", "info")
    assert not person.unlock_button.isEnabled()
    path = owner().place(tmp_path).file
    person.path.setFocus()
    type_text(path)
    assert words(person)[0].startswith("Đang khóa")
    person.unlock_button.setFocus()
    qtbot.keyClick(person.unlock_button, Qt.Key.Key_Return)
    dialog = form.dialog
    unlock_by_keyboard(dialog, "sai rồi", qtbot)
    assert dialog is not None
    assert dialog.answer.height() >= dialog.answer.heightForWidth(dialog.answer.width()), "read whole"
    assert "Mật khẩu" in dialog.answer.text()
    assert dialog.secret.text() == ""
    assert dialog.isVisible()
    unlock_by_keyboard(dialog, PASSWORD, qtbot)
    qtbot.waitUntil(lambda: words(person)[1] == "success", timeout=WAIT_MS)
    assert CLERK in words(person)[0]
    assert "08/02/2027" in words(person)[0]
    qtbot.keyClick(form.required, Qt.Key.Key_Space)
    page = running.window.page("settings")
    page.save()
    settle(qtbot, running.executor)
    saved = load_settings(running.desk.directory).signing
    assert (saved.person.file, saved.required) == (path, True)
    assert PASSWORD not in (running.desk.directory / "settings.toml").read_text(encoding="utf-8")
    assert key_states(running.context.desk)[0].facts is not None
    assert running.window.signing_light.text() == "Ký số: sẵn sàng"
    qtbot.keyClick(person.forget_button, Qt.Key.Key_Space)
    settle(qtbot, running.executor)
    assert words(person)[0].startswith("Chưa chọn")
    assert key_states(running.context.desk)[0].facts is None
    page.save()
    settle(qtbot, running.executor)
    assert load_settings(running.desk.directory).signing.person == CertificateSettings()
    assert not running.window.signing_light.isVisible()


def test_a_certificate_of_another_kind_is_refused_in_words(form: SigningForm, tmp_path: Path, qtbot: Any) -> None:
    key = form.keys[OFFICE]
    key.take(owner().place(tmp_path).file)
    key.unlock_button.click()
    unlock_by_keyboard(form.dialog, PASSWORD, qtbot)
    assert form.dialog is not None
    assert "của cá nhân" in form.dialog.answer.text()
    press(Qt.Key.Key_Escape)
    assert not form.dialog.isVisible()


@pytest.mark.skipif(not HAS_TOKEN, reason="SoftHSM is not installed (softhsm2 opensc)")
def test_a_token_is_read_and_its_certificate_chosen(
    form: SigningForm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setenv("SOFTHSM2_CONF", "")
    place = make_token(tmp_path / "hsm", ("canhan", owner()), ("coquan", office()))
    key = form.keys[PERSON]
    assert not form.form.isRowVisible(key._token_row)
    key.take(place.module)
    assert form.form.isRowVisible(key._token_row)
    qtbot.waitUntil(key.read_button.isEnabled, timeout=WAIT_MS)
    assert "2 chứng thư" in words(key)[0]
    key.certificates.setFocus()
    key.certificates.setCurrentIndex(key.certificates.findText(CLERK, Qt.MatchFlag.MatchContains))
    assert key.place() == CertificateSettings(module=place.module, token="USB Hanh", label="canhan")
    key.unlock_button.click()
    assert form.dialog is not None
    assert form.dialog.secret.accessibleName() == "Mã PIN của USB ký số"
    unlock_by_keyboard(form.dialog, PIN, qtbot)
    qtbot.waitUntil(lambda: words(key)[1] == "success", timeout=WAIT_MS)


def test_the_light_asks_for_what_is_locked(chosen: RunningApp, qtbot: Any) -> None:
    window = chosen.window
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, chosen.executor)
    light = window.signing_light
    assert (light.isVisible(), light.text()) == (True, "Ký số: chưa mở khóa")
    for kind, name in ((PERSON, CLERK), (OFFICE, OFFICE_NAME)):
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
        qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        unlock_by_keyboard(light.dialog, PASSWORD, qtbot)
        settle(qtbot, chosen.executor)
        found = {state.kind: state.facts for state in key_states(chosen.context.desk)}[kind]
        assert found is not None
        assert found.name == name
    assert light.text() == "Ký số: sẵn sàng"
    light.click()
    assert window.current_page == "settings"


def dossier_with(chosen: RunningApp, code: str, files: list[Path], qtbot: Any) -> DossierPage:
    desk = chosen.context.desk
    component = show(desk, code).components[0].code
    attach(desk, code, files, component=component)
    window = chosen.window
    window.resize(1366, 768)
    window.show_dossier(code)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, chosen.executor)
    page = window.page("dossier")
    assert isinstance(page, DossierPage)
    qtbot.waitUntil(lambda: not page.signatures._thread.running, timeout=WAIT_MS)
    return page


def scans(page: DossierPage) -> dict[str, tuple[str, str]]:
    """State and tool tip of each scan in the list."""
    found = {}
    items = QTreeWidgetItemIterator(page.papers)
    while (item := items.value()) is not None:
        if item.parent() is not None:
            found[item.text(0)] = (item.text(2), item.toolTip(2))
        items += 1
    return found


def test_signatures_are_shown_in_the_list_and_above_the_document(
    chosen: RunningApp, take_in: Callable[..., Received], tmp_path: Path, qtbot: Any
) -> None:
    plain = printed_pdf(tmp_path / "thường.pdf", ["Tờ khai"])
    signed = tmp_path / "ký.pdf"
    signed_in_place(owner().place(tmp_path, "x.p12"), order(plain, signed))
    broken = tmp_path / "sửa.pdf"
    broken.write_bytes(signed.read_bytes().replace(b"/Producer", b"/Producet", 1))
    page = dossier_with(chosen, take_in().code, [plain, signed, broken], qtbot)
    state = scans(page)
    assert "ký" not in state["thường.pdf"][0]
    assert "✓ đã ký số" in state["ký.pdf"][0]
    assert CLERK in state["ký.pdf"][1]
    assert "! chữ ký hỏng" in state["sửa.pdf"][0]
    assert page.view is not None
    for name, tone, told in (("ký.pdf", "success", "còn nguyên vẹn"), ("sửa.pdf", "error", "ĐÃ BỊ SỬA")):
        document = next(one for one in page.view.documents if one.file_name == name)
        page.show_document(document)
        dialog = page._dialog
        assert isinstance(dialog, SignedDocumentDialog)
        settle(qtbot, chosen.executor)
        assert dialog.signatures.isVisible()
        assert told in dialog.signatures.text()
        assert dialog.signatures.property("tone") == tone
        dialog.reject()


def test_the_office_signs_a_copy_after_it_was_asked_twice(
    chosen: RunningApp, take_in: Callable[..., Received], tmp_path: Path, qtbot: Any
) -> None:
    code = take_in().code
    page = dossier_with(chosen, code, [printed_pdf(tmp_path / "bằng.pdf", ["Bằng"])], qtbot)
    assert page.view is not None
    page.show_document(page.view.documents[0])
    dialog = page._dialog
    assert isinstance(dialog, SignedDocumentDialog)
    settle(qtbot, chosen.executor)
    qtbot.waitUntil(dialog.isActiveWindow, timeout=WAIT_MS)
    qtbot.keyClick(dialog, Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: dialog._unlock is not None, timeout=WAIT_MS)
    unlock_by_keyboard(dialog._unlock, PASSWORD, qtbot)
    qtbot.waitUntil(lambda: dialog._is_sure, timeout=WAIT_MS)
    assert OFFICE_NAME in dialog.note.text()
    assert len(show(chosen.context.desk, code).documents) == 1, "asked, not signed yet"
    qtbot.keyClick(dialog.sign_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=WAIT_MS)
    settle(qtbot, chosen.executor)
    assert [one.file_name for one in show(chosen.context.desk, code).documents] == ["bằng.pdf", "bằng-ban-sao.pdf"]
    qtbot.waitUntil(lambda: "✓ đã ký số" in scans(page)["bằng-ban-sao.pdf"][0], timeout=WAIT_MS)


def test_what_the_office_cannot_sign_is_told_where_it_is_asked(
    chosen: RunningApp, take_in: Callable[..., Received], tmp_path: Path, qtbot: Any
) -> None:
    bad = tmp_path / "khóa.pdf"
    with pikepdf.open(printed_pdf(tmp_path / "mở.pdf", ["Bằng"])) as document:
        document.save(bad, encryption=pikepdf.Encryption(owner="ai đó"))
    page = dossier_with(chosen, take_in().code, [bad], qtbot)
    unlock(chosen.context.desk, OFFICE, PASSWORD)
    assert page.view is not None
    page.show_document(page.view.documents[0])
    dialog = page._dialog
    assert isinstance(dialog, SignedDocumentDialog)
    chosen.executor.error_left.disconnect()
    for _ in range(2):
        dialog.sign_button.click()
        settle(qtbot, chosen.executor)
    qtbot.waitUntil(lambda: "Không ký được" in dialog.note.text(), timeout=WAIT_MS)
    assert dialog.isVisible()
    dialog.reject()


def test_the_form_fits_a_clerks_screen(form: SigningForm, qtbot: Any) -> None:
    drain()
    assert form.window().width() == 1366
    assert form.horizontalScrollBar().maximum() == 0
    cut = [
        label.text()
        for label in form.findChildren(QLabel)
        if label.isVisible() and not label.wordWrap() and label.width() + 2 < label.minimumSizeHint().width()
    ]
    assert cut == []
    assert QApplication.focusWidget() is not None
