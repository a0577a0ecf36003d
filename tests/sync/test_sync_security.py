"""The security of the line: whom we believe, where nothing goes, and where no secret is left behind."""

from __future__ import annotations

import hashlib
import itertools
import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import keyring
import keyring.backend
import pytest
from own_ca import OwnCa, TlsServer
from profile2_line import Book, create
from scripted_portal import Asked, Reply, ScriptedServer, json_reply

from counter_app.errors import CounterError, KnownError, UserError
from counter_app.portal_secret import portal_password, store_portal_password
from counter_app.sandbox.portal import PracticePortal
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.portal_check import read_ca_bundle, try_connection
from counter_app.services.portal_link import make_client, make_engine
from counter_app.services.receive import receive
from counter_app.settings import (
    PortalSettings,
    Settings,
    check_settings,
    load_settings,
    save_settings,
)
from counter_app.sync.client import DocumentFile, SignInNeeded, TransientTrouble, UploadPlace
from counter_app.sync.http import HttpLimits
from counter_app.sync.profile1 import Profile1Client, Profile1Settings
from counter_app.sync.profile2 import Profile2Client
from counter_app.sync.profile2_calls import Profile2Settings
from tests.catalogue_samples import HNGAM, request, write_pdf
from tests.conftest import Clock

SECRET = "Bi-Mat-97531-Khong-Lo"
SESSION = "Phien-86420-"
"""How every session that the practice portal gives begins."""
KEY = UUID("0192f0a0-0000-7000-8000-000000000001")
BOTH = pytest.mark.parametrize("profile", [1, 2])
LOGIN = json_reply({"error_code": "0", "session": "PHIEN-TEST-13579", "expires_in": "3600"})
TOKEN = json_reply(
    {"code": 0, "message": "", "data": {"access_token": "TOKEN-TEST-13579", "expires_in": 3600, "token_type": "Bearer"}}
)
Client = Profile1Client | Profile2Client


def client_of(profile: int, url: str, ca_bundle: Path | None = None) -> Client:
    limits = HttpLimits(3, 5, 10)
    if profile == 1:
        return Profile1Client(Profile1Settings(url, "canbo", SECRET, "H15.36", ca_bundle, limits))
    return Profile2Client(Profile2Settings(url, "canbo", SECRET, "H15.36", ca_bundle, limits), Book())


def signed_in(asked: Asked) -> Reply:
    return LOGIN if asked.path == "/auth/login" else TOKEN


def refused_line(profile: int, url: str, ca_bundle: Path | None = None) -> TransientTrouble:
    client = client_of(profile, url, ca_bundle)
    try:
        with pytest.raises(TransientTrouble) as caught:
            client.sign_in()
    finally:
        client.close()
    assert caught.value.kind == "portal_tls"
    assert not caught.value.seen
    return caught.value


@pytest.fixture
def ca(tmp_path: Path) -> OwnCa:
    return OwnCa.make(tmp_path)


# Whom we believe


@BOTH
def test_an_authority_that_nobody_named_is_not_believed(profile: int, ca: OwnCa) -> None:
    with TlsServer(signed_in, ca.server()) as server:
        trouble = refused_line(profile, server.url)
    assert "chọn tệp chứng thư đó trong Cài đặt" in trouble.reason
    assert server.asked == []


@BOTH
def test_the_office_s_own_authority_is_believed_when_its_file_is_chosen(profile: int, ca: OwnCa) -> None:
    with TlsServer(signed_in, ca.server()) as server:
        client = client_of(profile, server.url, ca.bundle)
        client.sign_in()
        client.close()
    assert len(server.asked) == 1


@BOTH
def test_another_authority_of_the_same_name_is_not_believed(profile: int, ca: OwnCa, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = OwnCa.make(tmp_path / "other")
    with TlsServer(signed_in, other.server()) as server:
        refused_line(profile, server.url, ca.bundle)
    assert server.asked == []


@BOTH
def test_a_certificate_for_another_host_is_not_believed(profile: int, ca: OwnCa) -> None:
    with TlsServer(signed_in, ca.server("cong.example.vn")) as server:
        trouble = refused_line(profile, server.url, ca.bundle)
    assert "của một máy khác" in trouble.reason
    assert "Kiểm tra địa chỉ cổng" in trouble.reason
    assert server.asked == []


@BOTH
def test_a_certificate_past_its_end_is_not_believed(profile: int, ca: OwnCa) -> None:
    with TlsServer(signed_in, ca.server(days=-1)) as server:
        trouble = refused_line(profile, server.url, ca.bundle)
    assert "hết hạn" in trouble.reason
    assert "Kiểm tra ngày giờ của máy" in trouble.reason
    assert server.asked == []


def test_a_file_of_certificates_is_checked_when_it_is_chosen(ca: OwnCa, tmp_path: Path, clock: Clock) -> None:
    facts = read_ca_bundle(ca.bundle, clock())
    assert facts.names == ("CA cơ quan",)
    for content in (b"", b"khong phai chung thu", (tmp_path / "CA cơ quan.pem").read_bytes()[:200]):
        (tmp_path / "hong.pem").write_bytes(content)
        with pytest.raises(UserError) as refusal:
            read_ca_bundle(tmp_path / "hong.pem", clock())
        assert refusal.value.kind == "ca_bundle_unreadable"
        assert "do quản trị cấp" in refusal.value.message
    with pytest.raises(UserError):
        read_ca_bundle(tmp_path / "khong co.pem", clock())
    old = OwnCa.make(tmp_path, "CA cũ", days=-2)
    with pytest.raises(UserError) as refusal:
        read_ca_bundle(old.bundle, facts.ends_at)
    assert refusal.value.kind == "ca_bundle_expired"


# Where nothing goes


INSECURE = (
    "http://cong.example.vn",
    "http://127.example.vn",
    "http://localhost.example.vn",
    "http://127.0.0.1.example.vn/",
    "http://127.0.0.1@cong.example.vn/",
    "https://canbo:matkhau@cong.example.vn",
    "http://[::ffff:8.8.8.8]/",
    "http://10.0.0.1",
    "ftp://cong.example.vn",
    "cong.example.vn",
    "https://",
)


@pytest.mark.parametrize("url", INSECURE)
def test_nothing_goes_unencrypted_over_a_line(url: str) -> None:
    with pytest.raises(UserError) as refusal:
        check_settings(Settings(portal=PortalSettings(url=url)))
    assert "https://" in refusal.value.message
    for profile in (1, 2):
        with pytest.raises(UserError) as refusal:
            client_of(profile, url)
        assert refusal.value.kind in ("portal_url_insecure", "portal_url_invalid")
        assert "https://" in refusal.value.message


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:9", "https://a.example.vn"])
def test_this_machine_may_be_spoken_to_in_the_clear(url: str) -> None:
    check_settings(Settings(portal=PortalSettings(url=url)))
    client_of(1, url).close()


@BOTH
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["sign in", "call", "file"])
def test_a_redirect_is_never_followed(profile: int, status: int, where: str, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF")
    file = DocumentFile(path, "x.pdf", 4, hashlib.sha256(b"%PDF").hexdigest())

    def speak(client: Client) -> None:
        if where == "file":
            client.upload(file, UploadPlace(), lambda _: None, lambda _: True)
        else:
            _ask(client)

    with ScriptedServer(lambda _: Reply()) as elsewhere:
        away = Reply(status, headers={"Location": f"{elsewhere.url}/x"})

        def answer(asked: Asked) -> Reply:
            return away if where == "sign in" else _signed_in_or(asked, away)

        with ScriptedServer(answer) as server:
            client = client_of(profile, server.url)
            with pytest.raises(TransientTrouble) as trouble:
                speak(client)
            client.close()
    assert trouble.value.kind == "portal_redirect"
    assert elsewhere.asked == []


def _ask(client: Client) -> None:
    """A call that needs a session: the first new dossier."""
    client.send_dossiers([create()], updating=False, key=KEY)


def _signed_in_or(asked: Asked, other: Reply) -> Reply:
    return signed_in(asked) if asked.path in ("/auth/login", "/token") else other


# Where no secret is left


class MemoryKeyring(keyring.backend.KeyringBackend):
    """The system's store, for the length of a test."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    monkeypatch.delenv("COUNTER_PORTAL_PASSWORD", raising=False)
    before = keyring.get_keyring()
    made = MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def spoken(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """All that was logged, at the lowest level, by everybody."""
    # SQLAlchemy shows the values of statements only when asked to, which the program never does.
    caplog.set_level(logging.WARNING, "sqlalchemy.engine")
    for name in ("urllib3", "requests", "counter_app", ""):
        caplog.set_level(logging.DEBUG, name)

    def text() -> str:
        formatter = logging.Formatter("%(name)s %(message)s %(args)s")
        return "\n".join(formatter.format(record) for record in caplog.records)

    return text


PERSONAL = (HNGAM.name, HNGAM.personal_number, HNGAM.phone, "Buôn Akõ Dhông")


def leaks(text: str, *words: str) -> list[str]:
    return [word for word in words if word in text]


def stored_bytes(directory: Path) -> bytes:
    """Every file of the data directory, journals too, but for the documents themselves."""
    return b"".join(
        path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file() and "documents" not in path.parts
    )


@BOTH
def test_no_secret_and_nobody_s_data_is_left_behind(
    profile: int,
    directory: Path,
    clock: Clock,
    tmp_path: Path,
    ring: MemoryKeyring,
    spoken: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A desk day with sessions that expire, refusals, cuts and bad answers; then every place is searched."""
    sessions = itertools.count()
    made = SimpleNamespace(token_urlsafe=lambda _: f"{SESSION}{next(sessions)}")
    monkeypatch.setattr("counter_app.sandbox.sessions.secrets", made)
    with PracticePortal(tmp_path / "portal.db", password=SECRET, seed=3, clock=lambda: clock().timestamp()) as portal:
        url = portal.url if profile == 1 else portal.profile2_url
        settings = replace(load_settings(directory), portal=PortalSettings(profile=profile, url=url, user="canbo"))
        store_portal_password(settings, SECRET)
        save_settings(directory, settings)
        desk = open_desk(directory, clock)
        told = _a_troubled_day(desk, portal, clock, tmp_path)
        stored = stored_bytes(directory)
        desk.close()
    assert next(sessions) > 5, "the portal let us in again and again"
    log = spoken()
    assert "POST" in log, "nothing was logged, so nothing was tested"
    assert leaks(log, SECRET, SESSION, *PERSONAL) == []
    assert leaks("\n".join(told), SECRET, SESSION, *PERSONAL) == []
    assert [word for word in (SECRET, SESSION) if word.encode() in stored] == []
    assert HNGAM.name.encode() in stored, "the search finds what is there"
    assert list(ring.kept.values()) == [SECRET]
    assert portal_password(settings) == SECRET


def _a_troubled_day(desk: DeskContext, portal: PracticePortal, clock: Clock, scratch: Path) -> list[str]:
    """Work and sync through trouble; returns whatever was said of it, tracebacks and reprs included."""
    told: list[str] = []
    code = receive(desk, request(files=(write_pdf(scratch / "to khai.pdf"),))).code
    engine = make_engine(desk)
    for fault in ("expired_sessions", "cut_after_commit", "truncated_json", "html", "busy_503"):
        portal.faults.set(fault, next_calls=3)
        for _ in range(3):
            result = engine.run_pass()
            told += [result.error, repr(result)]
            clock.move(minutes=40)
    attach(desk, code, [write_pdf(scratch / "them.pdf", "them")], component="TP01")
    portal.faults.clear()
    engine.run_pass()
    told += [repr(one) for one in engine.exchanges]
    engine.close()
    told += [repr(desk.settings), repr(desk), str(desk.settings)]
    told += [
        repr(Profile1Settings("https://a", "canbo", SECRET, "H")),
        repr(Profile2Settings("https://a", "c", SECRET, "H")),
    ]
    for profile in (1, 2):
        for url in (portal.url, portal.profile2_url, "https://127.0.0.1:9"):
            client = client_of(profile, url)
            told.append(repr(client))
            try:
                client.sign_in()
            except CounterError as error:
                told += [str(error), repr(error), repr(error.details), "".join(traceback.format_exception(error))]
            client.close()
    return told


@BOTH
def test_the_secret_goes_to_the_sign_in_and_nowhere_else(profile: int) -> None:
    with ScriptedServer(lambda asked: _signed_in_or(asked, Reply(500))) as server:
        client = client_of(profile, server.url)
        for _ in range(2):
            with pytest.raises(TransientTrouble):
                _ask(client)
        client.close()
    bearing = [one for one in server.asked if SECRET in one.body.decode() or SECRET in str(one.headers)]
    assert [one.path for one in bearing] == ["/auth/login" if profile == 1 else "/token"]
    assert all("13579" not in one.path and SECRET not in one.path for one in server.asked)


def test_a_password_of_the_environment_s_netrc_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ai password LAY-TROM\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with ScriptedServer(lambda asked: _signed_in_or(asked, Reply(500))) as server:
        client = client_of(1, server.url)
        with pytest.raises(TransientTrouble):
            client.send_steps([b'{"MaHoSo":"K"}'], key=KEY)
        client.close()
    assert all("authorization" not in one.headers for one in server.asked)


# The connection tried out from the settings


@BOTH
def test_a_connection_is_tried_before_it_is_saved(profile: int, desk: Any, directory: Path, tmp_path: Path) -> None:
    opened = open_desk(directory)
    with PracticePortal(tmp_path / "portal.db", password=SECRET) as portal:
        url = portal.url if profile == 1 else portal.profile2_url
        tried = replace(opened.settings, portal=PortalSettings(profile=profile, url=url, user="canbo"))
        assert try_connection(opened, tried, SECRET).clock_minutes == 0
        with pytest.raises(KnownError) as wrong:
            try_connection(opened, tried, "sai")
        assert wrong.value.kind == "sign_in_needed"
        assert "nhập lại" in wrong.value.message
        other = replace(tried, portal=replace(tried.portal, profile=3 - profile))
        with pytest.raises(KnownError) as unlike:
            try_connection(opened, other, SECRET)
        assert "loại cổng đã chọn" in unlike.value.message
        assert portal.dossiers() == {}
    with pytest.raises(KnownError) as gone:
        try_connection(opened, tried, SECRET)
    assert "Không nối được tới địa chỉ cổng này" in gone.value.message
    opened.close()


def test_a_certificate_file_that_is_gone_is_told_and_no_bug(directory: Path, tmp_path: Path) -> None:
    opened = open_desk(directory)
    portal = PortalSettings(url="https://127.0.0.1:9", user="canbo", ca_bundle=str(tmp_path / "mat.pem"))
    with pytest.raises(KnownError) as missing:
        try_connection(opened, replace(opened.settings, portal=portal), SECRET)
    assert missing.value.kind == "ca_bundle_missing"
    opened.close()


def test_without_a_password_somebody_is_asked(directory: Path, ring: MemoryKeyring) -> None:
    opened = open_desk(directory)
    portal = PortalSettings(url="https://127.0.0.1:9", user="canbo")
    with pytest.raises((KnownError, SignInNeeded)) as needed:
        make_client(replace(opened, settings=replace(opened.settings, portal=portal)))
    assert needed.value.kind == "sign_in_needed"
    opened.close()
