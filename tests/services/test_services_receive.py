"""Taking a dossier in: the promise, the number, the papers, the money, and every refusal."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from counter_app.errors import UserError
from counter_app.models import Calendar, Dossier, NumberSeries
from counter_app.rules.calendar import VIETNAM, WorkCalendar
from counter_app.services.calendars import import_calendar, read_calendar
from counter_app.services.catalogue import import_catalogue
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.reading import show
from counter_app.services.receive import preview_due, receive
from counter_app.services.values import ApplicantData, ComponentIn, FeeIn
from counter_app.services.verify import verify
from counter_app.settings import save_settings, with_changes
from tests.catalogue_samples import (
    CASES,
    DAYS,
    DUNG,
    GONE,
    HNGAM,
    HOURS,
    ON_THE_SPOT,
    SAME_DAY,
    UNKNOWN_LIMIT,
    YBHIAO,
    acting_pdf,
    catalogue,
    full_request,
    pdf_bytes,
    request,
    write_pdf,
)
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, nothing_stored, payloads, refused


def moment(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("code", "at", "due"),
    [
        (DAYS, moment(10, 8, 30), moment(13, 17)),
        (DAYS, moment(13, 8, 30), moment(18, 17)),
        (SAME_DAY, moment(10, 15, 0), moment(10, 17)),
        (SAME_DAY, moment(10, 15, 1), moment(11, 17)),
        (HOURS, moment(10, 10, 0), moment(10, 16, 0)),
        (CASES, moment(10, 8, 0), moment(20, 17)),
        (ON_THE_SPOT, moment(10, 8, 0), moment(10, 8, 0)),
    ],
)
def test_each_kind_of_limit_gives_its_due_time(
    desk: DeskContext, clock: Clock, code: str, at: datetime, due: datetime
) -> None:
    clock.now = at
    papers = [ComponentIn(name, 1, 1) for name in (("TP01", "TP02", "TP03") if code == DAYS else ("TP01",))]
    if code == CASES:
        papers.append(ComponentIn("TP02", 1))
    promised = preview_due(desk, code, "counter").due
    done = receive(desk, request(code, components=tuple(papers), case_name="Nhà ở" if code == CASES else ""))
    assert (done.due, promised) == (due, due)
    assert done.status == "received"


def test_channel_has_its_own_limit_and_fees(desk: DeskContext) -> None:
    counter = show(desk, receive(desk, full_request()).code)
    online = show(desk, receive(desk, full_request(channel="online")).code)
    postal = show(desk, receive(desk, full_request(channel="postal")).code)
    assert (counter.row.due, online.row.due) == (moment(13, 17), moment(12, 17))
    assert [fee.code for fee in counter.fees] == ["LP01"]
    assert [(fee.code, fee.amount) for fee in postal.fees] == [("LP01", 8000), ("LP02", 26000)]


def test_office_cut_off_applies_to_every_procedure_without_its_own(directory: Path, clock: Clock) -> None:
    before = open_desk(directory, clock)
    save_settings(directory, with_changes(before.settings, cut_off="16:00"))
    before.close()
    desk = open_desk(directory, clock)
    clock.set(10, 16, 30)
    assert preview_due(desk, DAYS, "counter").due == moment(16, 17)
    assert preview_due(desk, DAYS, "counter", at=moment(10, 15)).due == moment(13, 17)
    desk.close()


def test_received_dossier_is_whole(desk: DeskContext, tmp_path: Path) -> None:
    scan = write_pdf(tmp_path / "đơn.pdf", pages=3)
    done = receive(
        desk,
        full_request(
            submitter=DUNG,
            components=(
                ComponentIn("TP01", 1, 2, (scan,)),
                ComponentIn("TP02", 0, 1),
                ComponentIn("TP03", 0, 0),
            ),
            fees=(FeeIn("LP01", paid=True, method="cash"),),
            note="Gấp",
            return_by="post",
        ),
    )
    view = show(desk, done.code)
    assert done.code == "H15.36-260310-1001"
    assert view.applicant == HNGAM
    assert view.submitter == DUNG
    assert (view.channel, view.return_by, view.note) == ("counter", "post", "Gấp")
    assert [(c.code, c.originals, c.copies) for c in view.components] == [
        ("TP01", 1, 2),
        ("TP02", 0, 1),
        ("TP03", 0, 0),
        ("TP04", 0, 0),
        ("TP05", 0, 0),
    ]
    assert [(d.component_code, d.file_name, d.pages, d.size) for d in view.documents] == [
        ("TP01", "đơn.pdf", 3, scan.stat().st_size)
    ]
    assert desk.documents.path_of(view.documents[0].sha256).read_bytes() == scan.read_bytes()
    assert [(e.number, e.step, e.actor, e.form, e.form_number) for e in view.events] == [
        (1, "receive", "Lê Thị Hạnh", "receipt", 1)
    ]
    assert (view.money_state, view.register_number) == ("paid", 1)
    assert view.first_due == view.row.due == done.due
    assert any("TP03" in warning for warning in done.warnings)
    assert verify(desk).problems == ()


def test_first_component_missing_is_named_and_nothing_stored(desk: DeskContext) -> None:
    with nothing_stored(desk), refused("component_missing", "TP02", error=UserError) as caught:
        receive(desk, full_request(components=(ComponentIn("TP01", 1),)))
    assert caught.value.details["components"] == ["TP02", "TP03"]


def test_missing_component_with_a_supplement_request_stops_the_clock(desk: DeskContext, clock: Clock) -> None:
    done = receive(
        desk,
        full_request(components=(ComponentIn("TP01", 1),), supplement_reason="Bổ sung giấy tờ tùy thân"),
    )
    view = show(desk, done.code)
    assert (done.status, view.row.status) == ("supplement_requested", "supplement_requested")
    assert [event.step for event in view.events] == ["receive", "request_supplement"]
    assert view.events[1].reason == "Bổ sung giấy tờ tùy thân"
    assert view.events[1].form == "supplement_request"
    assert view.row.paused_at == clock.now
    assert kinds(desk, done.code) == ["create", "step", "update"]
    assert any("TP02" in warning for warning in done.warnings)
    assert verify(desk).problems == ()


@pytest.mark.parametrize(
    ("change", "kind", "word"),
    [
        ({"procedure": "9.999999"}, "procedure_unknown", "9.999999"),
        ({"procedure": GONE}, "procedure_not_in_force", SAME_DAY),
        ({"channel": "fax"}, "channel_unknown", "fax"),
        ({"return_by": "drone"}, "return_unknown", "drone"),
        ({"sets": 0}, "sets_invalid", "bộ"),
        ({"case_name": "Biển"}, "case_unknown", "Biển"),
        ({"components": (ComponentIn("TP01", 1), ComponentIn("TP99", 1))}, "component_unknown", "TP99"),
        ({"components": (ComponentIn("TP01", 1), ComponentIn("TP01", 1))}, "component_repeated", "TP01"),
        ({"components": (ComponentIn("TP01", -1),)}, "component_invalid", "TP01"),
        ({"components": ()}, "component_missing", "TP01"),
        ({"fees": (FeeIn("LP77", True),)}, "fee_unknown", "LP77"),
        ({"applicant": ApplicantData(kind="robot", name="A")}, "applicant_invalid", "robot"),
        ({"applicant": ApplicantData(name="  ")}, "applicant_invalid", "chủ hồ sơ"),
        ({"submitter": ApplicantData(name="")}, "applicant_invalid", "người nộp"),
        ({"applicant": replace(HNGAM, birth_date=date(2027, 1, 1))}, "impossible_date", "01/01/2027"),
        ({"applicant": replace(HNGAM, birth_date=date(190, 1, 1))}, "impossible_date", "190"),
        ({"at": datetime(2026, 3, 11, 8, tzinfo=VIETNAM)}, "impossible_time", "11/03/2026"),
        ({"due": datetime(2026, 4, 1, 8, tzinfo=VIETNAM), "reason": "x"}, "due_fixed", "tự động"),
    ],
)
def test_refusals_store_nothing(desk: DeskContext, change: dict[str, object], kind: str, word: str) -> None:
    with nothing_stored(desk), refused(kind, word, error=UserError):
        receive(desk, replace(request(), **change))  # type: ignore[arg-type]
    assert receive(desk, request()).code.endswith("-1001"), "a refusal must not use up a number"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(None, "file_missing"), (b"", "file_empty"), (b"PK\x03\x04 not a pdf", "file_not_pdf")],
)
def test_bad_file_refuses_the_whole_dossier(
    desk: DeskContext, tmp_path: Path, content: bytes | None, kind: str
) -> None:
    good, bad = write_pdf(tmp_path / "tốt.pdf"), tmp_path / "xấu.pdf"
    if content is not None:
        bad.write_bytes(content)
    with nothing_stored(desk), refused(kind, "xấu.pdf", error=UserError):
        receive(desk, request(files=(good, bad)))


def test_file_larger_than_the_setting_is_refused(directory: Path, clock: Clock, tmp_path: Path) -> None:
    opened = open_desk(directory, clock)
    desk = replace(opened, settings=with_changes(opened.settings, max_document_mb=1))
    big = tmp_path / "to.pdf"
    big.write_bytes(pdf_bytes() + b"\0" * 1024 * 1024)
    with nothing_stored(desk), refused("file_too_large", "to.pdf", "1 MB", error=UserError):
        receive(desk, request(files=(big,)))
    opened.close()


def test_folder_in_place_of_a_file_is_refused(desk: DeskContext, tmp_path: Path) -> None:
    with nothing_stored(desk), refused("file_missing", error=UserError):
        receive(desk, request(files=(tmp_path,)))


def test_what_is_no_whole_paper_and_what_acts_by_itself_is_told(desk: DeskContext, tmp_path: Path) -> None:
    torn = tmp_path / "rách.pdf"
    torn.write_bytes(b"%PDF-1.4\n" + b"rach" * 20)
    done = receive(desk, request(files=(torn, acting_pdf(tmp_path / "tự chạy.pdf"))))
    assert any("rách.pdf" in warning and "không mở được" in warning for warning in done.warnings)
    assert any("tự chạy.pdf" in warning and "JavaScript" in warning for warning in done.warnings)


def test_same_bytes_twice_for_one_component_count_once(desk: DeskContext, tmp_path: Path) -> None:
    one, two = write_pdf(tmp_path / "a.pdf", "x"), write_pdf(tmp_path / "b.pdf", "x")
    done = receive(desk, request(files=(one, two)))
    assert [document.file_name for document in show(desk, done.code).documents] == ["a.pdf"]
    assert kinds(desk, done.code) == ["create", "upload"]


def test_numbers_run_by_desk_and_day(directory: Path, clock: Clock) -> None:
    codes = []
    for number in (1, 2, 0, 1):
        opened = open_desk(directory, clock)
        codes.append(receive(replace(opened, settings=with_changes(opened.settings, desk=number)), request()).code)
        opened.close()
    assert [code.rsplit("-", 1)[1] for code in codes] == ["1001", "2001", "0001", "1002"]
    clock.set(11, 8)
    opened = open_desk(directory, clock)
    assert receive(opened, request()).code == "H15.36-260311-1001"
    assert verify(opened).problems == ()
    opened.close()


def test_full_range_is_refused_until_the_next_day(desk: DeskContext, clock: Clock) -> None:
    with desk.database.write() as session:
        session.add(NumberSeries(name="code:H15.36:260310:1", last=1998))
    assert receive(desk, request()).code.endswith("-1999")
    with nothing_stored(desk), refused("code_range_full", "quầy khác", error=UserError):
        receive(desk, request())
    clock.set(11, 8)
    assert receive(desk, request()).code.endswith("260311-1001")


def test_number_series_of_another_office_or_day_does_not_count(desk: DeskContext) -> None:
    with desk.database.write() as session:
        session.add_all(NumberSeries(name=name, last=1555) for name in ("code:H15.37:260310:1", "code:H15.36:260309:1"))
    assert receive(desk, request()).code == "H15.36-260310-1001"


def test_late_entry_keeps_both_times_and_takes_its_day_s_number(desk: DeskContext, clock: Clock) -> None:
    receive(desk, request(at=moment(9, 9, 15)))
    done = receive(desk, request(at=moment(9, 10)))
    event = show(desk, done.code).events[0]
    assert done.code == "H15.36-260309-1002"
    assert (event.at, event.entered_at) == (moment(9, 10), clock.now)
    assert done.due == moment(9, 16), "four working hours from when it happened"


def test_unknown_limit_asks_for_a_date_and_a_reason(desk: DeskContext) -> None:
    wanted = moment(20, 17)
    with refused("limit_unknown", "lý do"):
        receive(desk, request(UNKNOWN_LIMIT))
    with refused("reason_missing"):
        receive(desk, request(UNKNOWN_LIMIT, due=wanted, reason="  "))
    with nothing_stored(desk), refused("impossible_time"):
        receive(desk, request(UNKNOWN_LIMIT, due=moment(10, 8), reason="Theo hẹn"))
    done = receive(desk, request(UNKNOWN_LIMIT, due=wanted, reason="Theo hẹn của công chức tư pháp"))
    event = show(desk, done.code).events[0]
    assert (done.due, event.reason) == (wanted, "Theo hẹn của công chức tư pháp")
    preview = preview_due(desk, UNKNOWN_LIMIT, "counter")
    assert preview.due is None
    assert "thời hạn" in preview.problem


def test_case_decides_which_papers_are_asked_for(desk: DeskContext) -> None:
    house = (ComponentIn("TP01", 1), ComponentIn("TP02", 1))
    with refused("component_unknown", "TP02"):
        receive(desk, request(CASES, components=house, case_name="Đất"))
    with refused("component_missing", "TP03"):
        receive(desk, request(CASES, components=house[:1], case_name="Đất"))
    view = show(desk, receive(desk, request(CASES, components=house, case_name="Nhà ở")).code)
    assert view.case_name == "Nhà ở"
    assert [component.code for component in view.components] == ["TP01", "TP02"]


def test_first_case_holds_where_none_is_chosen_and_is_kept(desk: DeskContext) -> None:
    papers = (ComponentIn("TP01", 1), ComponentIn("TP02", 1))
    assert show(desk, receive(desk, request(CASES, components=papers)).code).case_name == "Nhà ở"


@pytest.mark.parametrize(
    ("code", "fees", "state"),
    [
        (DAYS, (), "due"),
        (DAYS, (FeeIn("LP01", paid=False),), "due"),
        (DAYS, (FeeIn("LP01", paid=True, method="transfer", reference="FT1"),), "paid"),
        (HOURS, (), "nothing_due"),
    ],
)
def test_money_state_follows_the_fees(desk: DeskContext, code: str, fees: tuple[FeeIn, ...], state: str) -> None:
    wanted = full_request(fees=fees) if code == DAYS else request(code, fees=fees)
    view = show(desk, receive(desk, wanted).code)
    assert view.money_state == state
    for fee in view.fees:
        assert (fee.paid_at is not None) == (state == "paid")
        assert fee.method == ("transfer" if state == "paid" else "")


def test_on_the_spot_needs_no_receipt(desk: DeskContext) -> None:
    event = show(desk, receive(desk, request(ON_THE_SPOT)).code).events[0]
    assert (event.form, event.form_number) == (None, None)
    assert show(desk, receive(desk, request()).code).events[0].form_number == 1


def test_channel_outside_the_catalogue_is_only_a_warning(desk: DeskContext) -> None:
    papers = (ComponentIn("TP01", 1), ComponentIn("TP02", 1))
    done = receive(desk, request(CASES, components=papers, channel="postal"))
    assert any("Bưu chính" in warning for warning in done.warnings)


@pytest.mark.parametrize(
    ("applicant", "word"),
    [
        (ApplicantData(name="Y Bhiăo Êban"), "số định danh"),
        (replace(YBHIAO, personal_number="12345"), "định danh"),
        (replace(YBHIAO, phone="12"), "điện thoại"),
        (ApplicantData(kind="enterprise", name="Công ty Cà phê Ea Kao"), "mã số thuế"),
        (ApplicantData(kind="enterprise", name="Công ty Cà phê Ea Kao", tax_code="0100109107"), "kiểm tra"),
    ],
)
def test_unlikely_applicant_data_warn_and_do_not_block(desk: DeskContext, applicant: ApplicantData, word: str) -> None:
    assert any(word in warning for warning in receive(desk, request(applicant=applicant)).warnings)


def test_text_is_kept_in_nfc_with_a_plain_phone(desk: DeskContext) -> None:
    typed = unicodedata.normalize("NFD", "H'  Ngăm   Niê Kdăm ")
    note = unicodedata.normalize("NFD", "Hồ sơ gấp")
    applicant = replace(HNGAM, name=typed, phone="+84 912 345 678", personal_number="0661 9001 2345")
    view = show(desk, receive(desk, request(applicant=applicant, note=note)).code)
    assert view.applicant == replace(HNGAM, name="H' Ngăm Niê Kdăm")
    assert view.note == "Hồ sơ gấp"


def test_changed_applicant_is_a_new_row_and_the_old_dossier_keeps_its_own(desk: DeskContext) -> None:
    first = receive(desk, request())
    second = receive(desk, request(applicant=replace(HNGAM, phone="0999888777")))
    third = receive(desk, request())
    phones = [show(desk, done.code).applicant.phone for done in (first, second, third)]
    assert phones == ["0912345678", "0999888777", "0912345678"]


def test_promise_keeps_the_calendar_it_was_made_by(desk: DeskContext, tmp_path: Path) -> None:
    before = receive(desk, full_request())
    calendar = tmp_path / "lịch.json"
    calendar.write_text('{"years": {"2026": {"off": ["2026-03-12"], "worked": []}}}', encoding="utf-8")
    import_calendar(desk, calendar)
    after = receive(desk, full_request())
    assert (before.due, after.due) == (moment(13, 17), moment(16, 17))
    with desk.database.read() as session:
        rows = {
            dossier.code: WorkCalendar.from_json(session.get_one(Calendar, dossier.calendar_id).content)
            for dossier in session.query(Dossier)
        }
    assert rows[before.code].is_working_day(date(2026, 3, 12))
    assert not rows[after.code].is_working_day(date(2026, 3, 12))
    assert rows[after.code] == read_calendar(desk)
    assert show(desk, before.code).row.due == moment(13, 17)


def test_changed_procedure_never_changes_a_dossier_received_before(desk: DeskContext) -> None:
    before = receive(desk, full_request())
    changed = catalogue()
    changed["procedures"][0]["name"] = "Cấp trích lục (sửa đổi)"
    changed["procedures"][0]["limit"]["amount"] = 1
    changed["procedures"][0]["fees"][0]["amount"] = 9000
    assert import_catalogue(desk, changed).changed == 1
    after = receive(desk, full_request())
    old, new = show(desk, before.code), show(desk, after.code)
    assert (old.procedure.version, new.procedure.version) == (1, 2)
    assert (old.row.procedure_name, new.row.procedure_name) == (
        "Cấp bản sao trích lục hộ tịch",
        "Cấp trích lục (sửa đổi)",
    )
    assert (old.row.due, new.row.due) == (moment(13, 17), moment(11, 17))
    assert (old.fees[0].amount, new.fees[0].amount) == (8000, 9000)
    assert old.limit.amount == 3


def test_provincial_suffix_on_the_procedure_is_ignored(desk: DeskContext) -> None:
    code = receive(desk, request(f"{HOURS}.000.00.00.H15")).code
    assert payloads(desk, code, "create")[0]["MaTTHC"] == HOURS


def test_due_date_lies_after_reception(desk: DeskContext, clock: Clock) -> None:
    for day in range(1, 29):
        clock.set(day, 11, 45)
        at = clock.now
        assert preview_due(desk, DAYS, "counter").due > at + timedelta(days=2)  # type: ignore[operator]
