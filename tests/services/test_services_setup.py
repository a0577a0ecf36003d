"""What is set up around the dossiers: office, calendar, catalogue, drafts, settings."""

from __future__ import annotations

import json
import lzma
import os
import tomllib
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from sqlalchemy import select

from counter_app.errors import KnownError, UserError
from counter_app.models import Calendar, Desk, Procedure
from counter_app.portal_secret import portal_password, store_portal_password
from counter_app.rules.calendar import VIETNAM
from counter_app.services.calendars import import_calendar, read_calendar
from counter_app.services.catalogue import (
    get_procedure,
    import_catalogue,
    import_catalogue_file,
    list_procedures,
    load_index,
    starter_catalogue,
)
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.drafts import delete_draft, load_draft, save_draft
from counter_app.services.offices import default_place, get_office, init_desk, save_office
from counter_app.services.receive import receive
from counter_app.services.values import OfficeData
from counter_app.settings import (
    PortalSettings,
    Settings,
    load_settings,
    save_settings,
    with_changes,
)
from tests.catalogue_samples import DAYS, GONE, HOURS, OFFICE, SAME_DAY, catalogue, request, write_catalogue
from tests.conftest import Clock
from tests.services.inspect_desk import nothing_stored, refused

# Drafts


def test_draft_is_kept_replaced_and_forgotten(directory: Path, clock: Clock) -> None:
    desk = open_desk(directory, clock)
    assert load_draft(desk, "intake") is None
    save_draft(desk, "intake", {"name": "H' Ngăm", "papers": [1, 2], "none": None})
    save_draft(desk, "intake", {"name": "H' Ngăm Niê"})
    save_draft(desk, "other", {})
    desk.close()
    again = open_desk(directory, clock)
    assert (load_draft(again, "intake"), load_draft(again, "other")) == ({"name": "H' Ngăm Niê"}, {})
    for _ in range(2):
        delete_draft(again, "intake")
    assert load_draft(again, "intake") is None
    again.close()


# Offices


def test_init_makes_a_desk_that_works(tmp_path: Path, clock: Clock) -> None:
    place = tmp_path / "Quầy số 1 #2 100%?" / "dữ liệu"
    init_desk(place, OFFICE, Settings(office=OFFICE.code, desk=3))
    desk = open_desk(place, clock)
    import_catalogue(desk, catalogue())
    assert receive(desk, request()).code == "H15.36-260310-3001"
    assert get_office(desk) == OFFICE
    desk.close()
    assert sorted(path.name for path in place.parent.iterdir()) == ["dữ liệu"]


@pytest.mark.parametrize(
    ("office", "settings", "kind"),
    [
        (replace(OFFICE, code="Ea Kao"), Settings(), "office_code_invalid"),
        (replace(OFFICE, name=" "), Settings(), "office_name_missing"),
        (OFFICE, Settings(desk=10), "settings_invalid"),
        (OFFICE, Settings(desk=-1), "settings_invalid"),
        (OFFICE, Settings(portal=PortalSettings(url="http://portal.example")), "settings_invalid"),
    ],
)
def test_init_refuses_and_leaves_nothing(tmp_path: Path, office: OfficeData, settings: Settings, kind: str) -> None:
    with refused(kind, error=UserError):
        init_desk(tmp_path / "mới", office, replace(settings, office=office.code))
    assert not (tmp_path / "mới").exists()


def test_init_twice_is_refused_but_a_cut_one_can_be_repeated(tmp_path: Path) -> None:
    settings = Settings(office=OFFICE.code)
    init_desk(tmp_path, OFFICE, settings)
    with refused("already_initialised", str(tmp_path), error=UserError):
        init_desk(tmp_path, OFFICE, settings)
    (tmp_path / "settings.toml").unlink()
    init_desk(tmp_path, OFFICE, settings)
    desk = open_desk(tmp_path)
    with desk.database.read() as session:
        assert list(session.scalars(select(Desk.number))) == [1]
    desk.close()


def test_office_is_changed_but_never_its_code(desk: DeskContext) -> None:
    changed = replace(OFFICE, name="UBND phường Ea Kao", head_name="Trần Văn Bình", phone="0262 3999 999")
    save_office(desk, changed)
    assert get_office(desk) == changed
    with refused("office_code_fixed", error=UserError):
        save_office(desk, replace(changed, code="H15.37"))
    with refused("office_name_missing", error=UserError):
        save_office(desk, replace(changed, name=""))
    assert get_office(desk) == changed


def test_settings_of_another_office_are_told(directory: Path, clock: Clock) -> None:
    save_settings(directory, replace(load_settings(directory), office="H15.37"))
    desk = open_desk(directory, clock)
    with refused("not_initialised", "H15.37", error=KnownError):
        receive(desk, request())
    desk.close()


@pytest.mark.parametrize(
    ("name", "place"),
    [("UBND xã Ea Kao", "Ea Kao"), ("Ủy ban nhân dân phường Buôn Ma Thuột", "Buôn Ma Thuột"), ("UBND xã", "")],
)
def test_place_of_an_office(name: str, place: str) -> None:
    assert default_place(name) == place


# Calendars


def write_json(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_imported_year_is_replaced_as_a_whole_and_others_stay(desk: DeskContext, tmp_path: Path) -> None:
    before = read_calendar(desk)
    assert not before.is_working_day(date(2026, 9, 2))
    assert before.is_working_day(date(2026, 8, 22))
    years = import_calendar(
        desk, write_json(tmp_path / "a.json", {"years": {"2026": {"off": ["2026-06-01"], "worked": ["2026-06-06"]}}})
    )
    after = read_calendar(desk)
    assert years == (2026,)
    assert not after.is_working_day(date(2026, 6, 1))
    assert after.is_working_day(date(2026, 6, 6))
    assert after.is_working_day(date(2026, 9, 2)), "the file names the whole year"
    assert not after.is_working_day(date(2025, 9, 2))


def test_office_hours_are_taken_with_their_day(desk: DeskContext, tmp_path: Path) -> None:
    content = {
        "valid_from": "2026-04-01",
        "office_hours": [["07:30", "11:30"], ["13:00", "16:30"]],
        "saturday_hours": [["07:30", "11:00"]],
    }
    assert import_calendar(desk, write_json(tmp_path / "a.json", content)) == ()
    calendar = read_calendar(desk)
    assert calendar.closes(date(2026, 3, 31)) == datetime(2026, 3, 31, 17, tzinfo=VIETNAM)
    assert calendar.closes(date(2026, 4, 1)) == datetime(2026, 4, 1, 16, 30, tzinfo=VIETNAM)
    assert calendar.closes(date(2026, 4, 4)) == datetime(2026, 4, 4, 11, tzinfo=VIETNAM)


def test_same_calendar_imported_twice_is_kept_once(desk: DeskContext, tmp_path: Path) -> None:
    file = write_json(tmp_path / "a.json", {"years": {"2026": {"off": ["2026-06-01"]}}})
    for _ in range(2):
        import_calendar(desk, file)
    with desk.database.read() as session:
        rows = session.scalars(select(Calendar)).all()
    assert len(rows) == 2, "the shipped one and the imported one"
    assert sum(row.current for row in rows) == 1


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"years": []},
        {"years": {"2026": []}},
        {"years": {"2026": {"off": ["2026-02-30"]}}},
        {"years": {"2026": {"off": ["2020-01-01"]}}},
        {"years": {"2026": {"off": [1]}}},
        {"years": {"năm": {}}},
        {"years": {"0": {"off": ["2026-01-01"]}}},
        {"years": {"9" * 30: {"off": ["2026-01-01"]}}},
        {"office_hours": [["25:00", "26:00"]]},
        {"office_hours": [["11:00"]]},
        {"office_hours": 7},
        {"valid_from": 2026, "office_hours": []},
    ],
)
def test_bad_calendar_is_refused_whole(desk: DeskContext, tmp_path: Path, content: Any) -> None:
    with nothing_stored(desk), refused("calendar_invalid", error=UserError):
        import_calendar(desk, write_json(tmp_path / "a.json", content))


def test_overlapping_hours_are_refused(desk: DeskContext, tmp_path: Path) -> None:
    content = {"office_hours": [["07:00", "12:00"], ["11:00", "17:00"]]}
    with nothing_stored(desk), refused("office_hours_invalid", error=UserError):
        import_calendar(desk, write_json(tmp_path / "a.json", content))


# Catalogue


def test_import_counts_new_changed_and_same(desk: DeskContext, tmp_path: Path) -> None:
    content = catalogue()
    same = import_catalogue_file(desk, write_catalogue(tmp_path / "a.json"))
    assert (same.added, same.changed, same.unchanged) == (0, 0, 7)
    assert any("chưa rõ thời hạn" in warning for warning in same.warnings)
    content["procedures"][0]["components"][0]["copies"] = 2
    content["procedures"].append({**content["procedures"][1], "code": "3.000001"})
    packed = tmp_path / "b.json.xz"
    packed.write_bytes(lzma.compress(json.dumps(content).encode()))
    changed = import_catalogue_file(desk, packed)
    assert (changed.added, changed.changed, changed.unchanged) == (1, 1, 6)
    assert (get_procedure(desk, DAYS).version, get_procedure(desk, DAYS).components[0].copies) == (2, 2)
    import_catalogue(desk, catalogue())
    assert get_procedure(desk, DAYS).version == 3, "a change back is a version of its own"
    with desk.database.read() as session:
        current = session.scalars(select(Procedure.version).where(Procedure.code == DAYS, Procedure.current)).all()
    assert list(current) == [3]


def broken(change: dict[str, Any]) -> dict[str, Any]:
    good, bad = catalogue()["procedures"][:2]
    return {"procedures": [{**good, "code": "7.000001"}, {**bad, **change}]}


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"procedures": {}},
        {"procedures": ["x"]},
        broken({"code": None}),
        broken({"name": 5}),
        broken({"field": {}}),
        broken({"limit": {"amount": 1, "unit": "fortnight"}}),
        broken({"limit": {"amount": "x", "unit": "working_day"}}),
        broken({"limit": {"amount": 10**30, "unit": "working_day"}}),
        broken({"limit": {"amount": 1, "unit": "same_day", "cut_off": "25:00"}}),
        broken({"components": [{"code": "TP01"}]}),
        broken({"components": [{"code": None, "name": "x", "originals": 1, "copies": 0, "required": True}]}),
        broken({"fees": [{"code": "LP01", "name": "x", "amount": None}]}),
        broken({"fees": [{"code": None, "name": "x", "amount": 1}]}),
        broken({"results": [{"code": "KQ", "name": None}]}),
        broken({"limits": [{"channel": None, "amount": 1, "unit": "working_day"}]}),
    ],
)
def test_bad_catalogue_changes_nothing(desk: DeskContext, content: Any) -> None:
    with nothing_stored(desk), refused("catalogue_invalid", error=UserError):
        import_catalogue(desk, content)


@pytest.mark.parametrize(("name", "content"), [("a.json.xz", b"not xz"), ("a.json", b"{"), ("a.json", b"\xff\xfe{")])
def test_catalogue_file_that_is_not_what_its_name_says(
    desk: DeskContext, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with nothing_stored(desk), refused("catalogue_invalid", name, error=UserError):
        import_catalogue_file(desk, tmp_path / name)


def test_catalogue_file_missing(desk: DeskContext, tmp_path: Path) -> None:
    for name in ("a.json", "a.json.xz"):
        with refused("file_missing", error=UserError):
            import_catalogue_file(desk, tmp_path / name)


def test_procedures_in_force_are_offered_the_most_used_first(desk: DeskContext) -> None:
    assert GONE not in {hit.code for hit in list_procedures(desk)}
    for _ in range(2):
        receive(desk, request(HOURS))
    receive(desk, request(SAME_DAY))
    index = load_index(desk)
    assert [hit.code for hit in index.search("", 2)] == [HOURS, SAME_DAY]
    assert index.search("dang ky khai sinh")[0].code == SAME_DAY
    assert index.search("dang ki khai sihn")[0].code == SAME_DAY, "mistyped"
    assert [hit.code for hit in index.search(DAYS)] == [DAYS]
    assert index.search("xyzzy") == []


def test_procedure_with_cases_names_them(desk: DeskContext) -> None:
    assert get_procedure(desk, "1.003003").cases() == ("Nhà ở", "Đất")
    assert get_procedure(desk, DAYS).cases() == ()
    with refused("procedure_unknown", "1.1", error=UserError):
        get_procedure(desk, "1.1")


def test_shipped_catalogue_can_be_read_by_the_rules(desk: DeskContext) -> None:
    some = {"procedures": starter_catalogue()["procedures"][::40]}
    outcome = import_catalogue(desk, some)
    assert outcome.added + outcome.changed + outcome.unchanged == len(some["procedures"])


# Settings


def written(directory: Path, text: str) -> Path:
    (directory / "settings.toml").write_text(text, encoding="utf-8")
    return directory


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('màu = "đỏ"', "settings.toml"),
        ('colour = "đỏ"', "colour"),
        ('[portal]\nurll = "x"', "portal.urll"),
        ('[portal]\npassword = "bí mật"', "portal.password"),
        ('desk = "1"', "desk"),
        ("desk = true", "desk"),
        ("desk = 12", "desk"),
        ("office = 15", "office"),
        ('portal = "https://x"', "portal"),
        ("max_document_mb = 0", "max_document_mb"),
        ('cut_off = "25:00"', "cut_off"),
        ('cut_off = "7:00"', "cut_off"),
        ('cut_off = "²5:00"', "cut_off"),
        ('cut_off = "3 giờ"', "cut_off"),
        ("[printers]\nthermal_width_mm = 70", "printers.thermal_width_mm"),
        ("[portal]\ninterval_seconds = 1", "portal.interval_seconds"),
        ('[apology]\ncap = "ever"', "apology.cap"),
        ("[apology]\nlead_days = -1", "apology.lead_days"),
        ('[portal]\nurl = "http://portal.example"', "portal.url"),
        ("desk = = 1", "settings.toml"),
    ],
)
def test_bad_settings_are_named(tmp_path: Path, text: str, word: str) -> None:
    with refused("settings_invalid", word, error=UserError):
        load_settings(written(tmp_path, text))


def test_settings_that_are_not_text(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"desk = \xff")
    with refused("settings_invalid", "settings.toml", error=UserError):
        load_settings(tmp_path)


def test_environment_goes_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 'clerk = "A"\n[portal]\nurl = "https://a"\nuser = "u"')
    monkeypatch.setenv("COUNTER_PORTAL_URL", "http://127.0.0.1:8080")
    monkeypatch.setenv("COUNTER_CLERK", "H' Lan Êban")
    settings = load_settings(tmp_path)
    assert (settings.portal.url, settings.portal.user, settings.clerk) == ("http://127.0.0.1:8080", "u", "H' Lan Êban")
    monkeypatch.setenv("COUNTER_PORTAL_URL", "ftp://x")
    with refused("settings_invalid", "portal.url", error=UserError):
        load_settings(tmp_path)


def test_what_the_environment_gave_is_not_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(tmp_path, Settings(office="H15.36", portal=PortalSettings(url="https://cong.example.vn")))
    monkeypatch.setenv("COUNTER_PORTAL_URL", "http://127.0.0.1:9")
    save_settings(tmp_path, with_changes(load_settings(tmp_path), clerk="Trần Lệ Thủy"))
    monkeypatch.delenv("COUNTER_PORTAL_URL")
    found = load_settings(tmp_path)
    assert (found.portal.url, found.clerk) == ("https://cong.example.vn", "Trần Lệ Thủy")


def test_environment_over_a_table_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTER_PORTAL_URL", "https://a")
    with refused("settings_invalid", "portal", error=UserError):
        load_settings(written(tmp_path, 'portal = "x"'))


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()


def test_saving_keeps_the_administrator_s_comments(tmp_path: Path) -> None:
    written(tmp_path, "# quầy của chị Hạnh\ndesk = 2 # cửa bên trái\n\n[apology]\n# theo quyết định 12\nmax = 1\n")
    settings = with_changes(load_settings(tmp_path), clerk="Lê Thị Hạnh", apology={"lead_days": 2})
    save_settings(tmp_path, settings)
    text = (tmp_path / "settings.toml").read_text(encoding="utf-8")
    for comment in ("# quầy của chị Hạnh", "# cửa bên trái", "# theo quyết định 12"):
        assert comment in text
    assert load_settings(tmp_path) == settings
    assert not list(tmp_path.glob("*.part"))


def test_saving_refuses_what_loading_would(tmp_path: Path) -> None:
    save_settings(tmp_path, Settings(desk=4))
    with refused("settings_invalid", "desk", error=UserError):
        save_settings(tmp_path, Settings(desk=10))
    assert load_settings(tmp_path).desk == 4


def test_failed_save_leaves_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(tmp_path, Settings(desk=4))

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with refused("disk_full", error=KnownError):
        save_settings(tmp_path, Settings(desk=5))
    assert load_settings(tmp_path).desk == 4


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A key ring that forgets; the system's own is no business of a test."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTER_PORTAL_PASSWORD", raising=False)


PORTAL = Settings(portal=PortalSettings(url="https://a", user="canbo"))


@pytest.mark.usefixtures("no_password")
def test_password_is_in_the_key_ring_and_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = MemoryKeyring()
    before = keyring.get_keyring()
    keyring.set_keyring(ring)
    try:
        with refused("sign_in_needed", "COUNTER_PORTAL_PASSWORD", error=KnownError):
            portal_password(PORTAL)
        store_portal_password(PORTAL, "bí-mật-9")
        save_settings(tmp_path, PORTAL)
        assert portal_password(PORTAL) == "bí-mật-9"
        assert "bí-mật-9" not in (tmp_path / "settings.toml").read_text(encoding="utf-8")
        monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "khác")
        assert portal_password(PORTAL) == "khác"
    finally:
        keyring.set_keyring(before)


@pytest.mark.usefixtures("no_password")
def test_machine_without_a_key_ring_is_told_what_to_do() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        with refused("keyring_missing", "COUNTER_PORTAL_PASSWORD", error=KnownError):
            store_portal_password(PORTAL, "x")
        with refused("sign_in_needed", error=KnownError):
            portal_password(PORTAL)
    finally:
        keyring.set_keyring(before)


def test_settings_file_is_plain_toml(directory: Path) -> None:
    values = tomllib.loads((directory / "settings.toml").read_text(encoding="utf-8"))
    assert (values["office"], values["desk"]) == ("H15.36", 1)
    assert "password" not in json.dumps(values)


def test_calendar_reaches_some_years_ahead(desk: DeskContext) -> None:
    calendar = read_calendar(desk)
    for year in (2026, 2027, 2028):
        assert not calendar.is_working_day(date(year, 9, 2))
        tet = {2026: date(2026, 2, 17), 2027: date(2027, 2, 6), 2028: date(2028, 1, 26)}[year]
        assert not any(calendar.is_working_day(tet + timedelta(days=offset)) for offset in range(3))
