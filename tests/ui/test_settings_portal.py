"""The portal's part of the settings page: kinds of portal, the certificate file, the connection tried out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.app import RunningApp
from counter_app.sandbox.portal import PracticePortal
from counter_app.settings import load_settings
from counter_app.ui.settings_page import SettingsPage
from counter_app.ui.settings_page_portal import PortalForm
from tests.ui.window_fixtures import settings_page, settle

SECRET = "bi-mat-42"


@pytest.fixture
def page(running: RunningApp, qtbot: Any) -> SettingsPage:
    shown = settings_page(running, qtbot)
    shown.tabs.setCurrentWidget(shown.portal_form)
    return shown


@pytest.fixture
def form(page: SettingsPage) -> PortalForm:
    return page.portal_form


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PracticePortal]:
    with PracticePortal(tmp_path / "portal.db", password=SECRET) as made:
        yield made


def choose(form: PortalForm, profile: int, qtbot: Any) -> None:
    """Choose the kind of portal by the keyboard."""
    form.profile.setFocus()
    qtbot.keyClick(form.profile, Qt.Key.Key_Home if profile == 1 else Qt.Key.Key_End)


def fill(form: PortalForm, url: str, password: str, qtbot: Any) -> None:
    for field, text in ((form.url, url), (form.user, "canbo"), (form.password, password)):
        field.clear()
        qtbot.keyClicks(field, text)


def tried(form: PortalForm, qtbot: Any) -> tuple[str, str]:
    qtbot.keyClick(form.try_button, Qt.Key.Key_Space)
    qtbot.waitUntil(form.try_button.isEnabled, timeout=20_000)
    assert form.trial_words.isVisible()
    return form.trial_words.text(), form.trial_words.property("tone")


def test_each_kind_of_portal_asks_in_its_own_words(form: PortalForm, qtbot: Any) -> None:
    assert form.user.accessibleName() == "Tên đăng nhập"
    choose(form, 2, qtbot)
    assert form.user.accessibleName() == "Mã ứng dụng (client_id)"
    assert form.password.accessibleName() == "Khóa bí mật (client_secret)"
    choose(form, 1, qtbot)
    assert form.password.accessibleName() == "Mật khẩu"


@pytest.mark.parametrize("profile", [1, 2])
def test_a_connection_is_tried_and_then_saved(
    page: SettingsPage,
    form: PortalForm,
    running: RunningApp,
    portal: PracticePortal,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: Any,
    profile: int,
) -> None:
    kept: list[tuple[str, ...]] = []
    monkeypatch.setattr("keyring.set_password", lambda *given: kept.append(given))
    url = portal.url if profile == 1 else portal.profile2_url
    choose(form, profile, qtbot)
    fill(form, url, SECRET, qtbot)
    words, tone = tried(form, qtbot)
    assert (words.startswith("Kết nối tốt"), tone) in ((True, "success"), (False, "warning"))
    assert "Cổng đã nhận thông tin đăng nhập" in words or "cổng đã nhận thông tin đăng nhập" in words
    assert kept == [], "nothing is kept before it is saved"
    assert load_settings(running.desk.directory).portal.url == ""
    page.save_button.click()
    settle(qtbot, running.executor)
    saved = load_settings(running.desk.directory).portal
    assert (saved.profile, saved.url, saved.user) == (profile, url, "canbo")
    assert [one[1:] for one in kept] == [("canbo", SECRET)]
    assert SECRET not in (running.desk.directory / "settings.toml").read_text(encoding="utf-8")


def test_what_is_wrong_is_said(form: PortalForm, portal: PracticePortal, tmp_path: Path, qtbot: Any) -> None:
    assert tried(form, qtbot) == ("Hãy nhập địa chỉ cổng rồi thử kết nối.", "error")
    fill(form, portal.url, "sai", qtbot)
    words, tone = tried(form, qtbot)
    assert ("không nhận tên hoặc mật khẩu" in words, tone) == (True, "error")
    choose(form, 2, qtbot)
    assert "loại cổng đã chọn" in tried(form, qtbot)[0]
    fill(form, "http://127.cong.example.vn", SECRET, qtbot)
    assert "https://" in tried(form, qtbot)[0]
    form.bundle.setText(str(tmp_path / "mat.pem"))
    fill(form, "https://127.0.0.1:9", SECRET, qtbot)
    assert "Không thấy tệp chứng thư" in tried(form, qtbot)[0]


def test_a_file_that_is_no_certificate_is_told_and_not_saved(
    page: SettingsPage, form: PortalForm, running: RunningApp, tmp_path: Path, qtbot: Any
) -> None:
    wrong = tmp_path / "sai.pem"
    wrong.write_text("khong phai chung thu", encoding="utf-8")
    form.take_bundle(str(wrong))
    settle(qtbot, running.executor)
    assert "Không đọc được chứng thư" in form.bundle_words.text()
    assert form.bundle_words.isVisible()
    assert page.dirty
    page.save_button.click()
    settle(qtbot, running.executor)
    assert "Không đọc được chứng thư" in page.state.text()
    assert load_settings(running.desk.directory).portal.ca_bundle == ""
    form.take_bundle("")
    assert not form.bundle_words.isVisible()


def test_a_file_of_certificates_is_described(
    form: PortalForm, running: RunningApp, qtbot: Any, certificate_file: Path
) -> None:
    form.take_bundle(str(certificate_file))
    settle(qtbot, running.executor)
    assert form.bundle_words.text().startswith("Đọc được chứng thư: CA cơ quan; dùng đến ")


@pytest.fixture
def certificate_file(tmp_path: Path) -> Path:
    """An authority's certificate in force for a hundred years, whatever the clock of the test says."""
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA cơ quan")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "ca.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path
