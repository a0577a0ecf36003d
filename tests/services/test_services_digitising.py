"""What of the dossiers is digitised: rules, choices with their trace, the rate, the list of what is to be done."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import img2pdf
import pytest
from PIL import Image

from counter_app.errors import UserError
from counter_app.models import DigitisingFormula, DigitisingState, Document, PortalFile
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.digitising import FIRST_FORMULA, Formula, PaperKind, Source, Treatment
from counter_app.rules.lifecycle import Step
from counter_app.services import online_documents
from counter_app.services.attach import attach
from counter_app.services.catalogue import import_catalogue
from counter_app.services.desk import DeskContext
from counter_app.services.digitising import (
    choose,
    count_pages,
    default_treatment,
    dossier_papers,
    procedure_rules,
    set_default,
    set_rule,
)
from counter_app.services.digitising_book import forget_dossier
from counter_app.services.digitising_look import look_at_documents
from counter_app.services.digitising_rate import drop_formula, export_rate, formulas, rate, set_formula
from counter_app.services.digitising_refresh import refresh_all, refresh_some
from counter_app.services.digitising_todo import TodoRow, todo_counts, todo_ids, todo_rows
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.scan_jobs import enqueue, work_off_one
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import ComponentIn
from counter_app.services.verify import verify
from tests.catalogue_samples import (
    DAYS,
    DUNG,
    HOURS,
    ON_THE_SPOT,
    YBHIAO,
    catalogue,
    full_request,
    paper,
    procedure,
    request,
    write_pdf,
)
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, nothing_stored, payloads, refused
from tests.services.scan_samples import filled_tray, group_of

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def todo(desk: DeskContext, group: str = "all", typed: str = "") -> list[TodoRow]:
    refresh_all(desk)
    return todo_rows(desk, todo_ids(desk, group, typed))


def open_papers(desk: DeskContext) -> list[tuple[str, str]]:
    return [(row.dossier_code, row.code) for row in todo(desk)]


@pytest.fixture
def code(desk: DeskContext) -> str:
    """TP01 one original, TP02 only a copy, TP03 not handed in."""
    return receive(desk, full_request()).code


def test_only_what_must_be_scanned_is_to_be_done(desk: DeskContext, code: str, clock: Clock) -> None:
    received = clock.now
    clock.move(hours=2)
    (row,) = todo(desk)
    assert (row.dossier_code, row.component, row.result, row.trouble) == (code, "TP01", "", "missing")
    assert (row.name, row.clerk, row.since) == ("Tờ khai theo mẫu", "Lê Thị Hạnh", received)
    decisions = {one.code: one.decision for one in dossier_papers(desk, code)}
    assert decisions["TP02"] == (Treatment.PLAIN_COPY, Source.COPIES)
    assert not next(one for one in dossier_papers(desk, code) if one.code == "TP03").handed_in


def test_a_scan_takes_it_off_the_list_and_into_the_rate(desk: DeskContext, code: str, tmp_path: Path) -> None:
    receive(desk, request(HOURS, YBHIAO))
    refresh_all(desk)
    assert rate(desk, *MARCH).total.percent == 0
    attach(desk, code, [write_pdf(tmp_path / "a.pdf")], component="TP01")
    assert [dossier for dossier, _ in open_papers(desk)] != [code]
    report = rate(desk, *MARCH)
    assert (report.total.numerator, report.total.denominator, report.total.percent) == (1, 2, 50.0)
    assert {line.key: line.percent for line in report.lines} == {DAYS: 100.0, HOURS: 0.0}
    assert report.lines[0].key == HOURS, "where most is missing comes first"


def test_a_scan_that_is_being_made_says_so(desk: DeskContext, code: str) -> None:
    tray = filled_tray(desk, ["một"])
    group = group_of(tray, code)
    enqueue(desk, tray.id, [replace(group, pages=tuple(replace(page, dpi=100) for page in group.pages))])
    assert [(row.code, row.trouble) for row in todo(desk)] == [("TP01", "in_work")]
    work_off_one(desk)
    assert [row.trouble for row in todo(desk)] == ["coarse"], "it was scanned at 100 dpi"


@pytest.mark.parametrize(
    ("mode", "dpi", "trouble"), [("RGB", 200, []), ("L", 200, ["gray"]), ("1", 300, ["gray"]), ("RGB", 150, ["coarse"])]
)
def test_a_whole_file_is_looked_at_as_well(
    desk: DeskContext, code: str, tmp_path: Path, mode: str, dpi: int, trouble: list[str]
) -> None:
    picture = tmp_path / "p.png"
    Image.new(mode, (dpi * 8, dpi * 11)).save(picture, dpi=(dpi, dpi))
    scan = tmp_path / "a.pdf"
    scan.write_bytes(img2pdf.convert(str(picture)))
    attach(desk, code, [scan], component="TP01")
    after = look_at_documents(desk)
    assert [row.trouble for row in todo(desk, "wrong")] == trouble
    assert rate(desk, *MARCH).total.papers == (1, 1, not trouble, 1, not trouble)
    if trouble:
        attach(desk, code, [write_pdf(tmp_path / "typed.pdf")], component="TP01")
        look_at_documents(desk, after)
        assert todo(desk) == [], "it was scanned again"


def test_the_rule_of_the_office_stands_before_name_and_copies(desk: DeskContext, code: str) -> None:
    set_rule(desk, DAYS, PaperKind.COMPONENT, "TP02", Treatment.SCAN)
    set_rule(desk, DAYS + ".H15", PaperKind.COMPONENT, "TP01", Treatment.SECRET)
    assert open_papers(desk) == [(code, "TP02")]
    views = {one.code: one for one in procedure_rules(desk, DAYS) if one.kind is PaperKind.COMPONENT}
    assert views["TP01"].decision == (Treatment.SECRET, Source.RULE)
    assert views["TP05"].decision == (Treatment.SHOWN_ONLY, Source.NAME)
    set_rule(desk, DAYS, PaperKind.COMPONENT, "TP01", None)
    assert open_papers(desk) == [(code, "TP01"), (code, "TP02")]


def test_the_default_is_for_what_nothing_else_says(desk: DeskContext, code: str) -> None:
    refresh_all(desk)
    set_default(desk, Treatment.ON_REQUEST)
    assert default_treatment(desk) is Treatment.ON_REQUEST
    assert open_papers(desk) == []
    total = rate(desk, *MARCH).total
    assert (total.numerator, total.denominator, total.percent) == (0, 0, None), "nothing to scan is not done either"
    set_rule(desk, DAYS, PaperKind.COMPONENT, "TP01", Treatment.SCAN)
    assert open_papers(desk) == [(code, "TP01")]


@pytest.mark.parametrize(
    ("procedure_code", "paper_code", "months", "kind"),
    [
        ("9.9", "TP01", None, "procedure_unknown"),
        (DAYS, "TP77", None, "component_unknown"),
        (DAYS, "TP01", 0, "months_invalid"),
    ],
)
def test_a_rule_for_what_is_not_there_is_refused(
    desk: DeskContext, procedure_code: str, paper_code: str, months: int | None, kind: str
) -> None:
    with nothing_stored(desk), refused(kind, error=UserError):
        set_rule(desk, procedure_code, PaperKind.COMPONENT, paper_code, Treatment.SCAN, months)


def test_a_rule_outlives_a_new_version_of_the_procedure(desk: DeskContext) -> None:
    set_rule(desk, HOURS, PaperKind.COMPONENT, "TP01", Treatment.DATABASE)
    data = catalogue()
    data["procedures"] = [procedure(HOURS, "Tên mới", 4, "working_hour", components=[paper("TP01", "Tờ khai khác")])]
    import_catalogue(desk, data)
    assert procedure_rules(desk, HOURS)[0].decision == (Treatment.DATABASE, Source.RULE)


def test_one_dossier_may_be_otherwise_with_a_reason_and_a_trace(desk: DeskContext, code: str) -> None:
    sent = kinds(desk, code)
    choose(desk, code, PaperKind.COMPONENT, "TP01", Treatment.SHOWN_ONLY, "đã trả lại người nộp")
    assert open_papers(desk) == []
    event = show(desk, code).events[-1]
    assert event.step == Step.CORRECT
    assert event.reason == "Số hóa «Tờ khai theo mẫu»: Chỉ xuất trình. đã trả lại người nộp"
    assert event.details["digitising"] == {"kind": "component", "code": "TP01", "treatment": "shown_only"}
    assert kinds(desk, code) == sent, "the portal keeps nothing of it"
    choose(desk, code, PaperKind.COMPONENT, "TP01", None, "nhầm")
    assert open_papers(desk) == [(code, "TP01")]
    assert verify(desk).problems == ()


@pytest.mark.parametrize(
    ("paper_code", "reason", "treatment", "kind"),
    [
        ("TP01", "  ", Treatment.SECRET, "reason_missing"),
        ("TP77", "x", Treatment.SECRET, "component_unknown"),
        ("TP01", "x", None, "nothing_changed"),
    ],
)
def test_a_choice_that_says_nothing_is_refused(
    desk: DeskContext, code: str, paper_code: str, reason: str, treatment: Treatment | None, kind: str
) -> None:
    with nothing_stored(desk), refused(kind, error=UserError):
        choose(desk, code, PaperKind.COMPONENT, paper_code, treatment, reason)


def test_a_page_with_a_note_is_expected_twice(desk: DeskContext, code: str, tmp_path: Path) -> None:
    assert count_pages(desk, code, PaperKind.COMPONENT, "TP01", 3, 1) == 4
    attach(desk, code, [write_pdf(tmp_path / "a.pdf", pages=3)], component="TP01")
    (row,) = todo(desk, "wrong")
    assert (row.code, row.trouble) == ("TP01", "images")
    assert rate(desk, *MARCH).total.papers == (1, 1, 0, 1, 0)
    attach(desk, code, [write_pdf(tmp_path / "b.pdf", pages=1)], component="TP01")
    assert todo(desk) == []
    assert rate(desk, *MARCH).total.papers == (1, 1, 1, 1, 1)


def test_a_file_that_cannot_be_opened_is_not_whole(desk: DeskContext, code: str, tmp_path: Path) -> None:
    """Taken in at a time when the desk did not refuse it."""
    attach(desk, code, [write_pdf(tmp_path / "hỏng.pdf")], component="TP01")
    with desk.database.write() as session:
        session.get_one(Document, 1).pages = 0
    assert [row.trouble for row in todo(desk)] == ["unreadable"]
    set_formula(desk, Formula(date(2026, 1, 1), level="whole"))
    assert rate(desk, *MARCH).total.percent == 0


def test_the_result_is_to_be_scanned_once_it_is_there(
    desk: DeskContext, code: str, clock: Clock, tmp_path: Path
) -> None:
    attach(desk, code, [write_pdf(tmp_path / "a.pdf")], component="TP01")
    assert todo(desk) == []
    there = clock.move(days=1)
    take_step(desk, code, Step.FINISH, StepInput())
    (row,) = todo(desk)
    assert (row.kind, row.result, row.component, row.since) == ("result", "KQ01", "", there)
    assert rate(desk, *MARCH).total.percent == 0, "a dossier is digitised in all or not at all"
    done = attach(desk, code, [write_pdf(tmp_path / "kq.pdf")], result="KQ01")
    assert done.documents[0].file_name == f"{code}-KQ1.pdf"
    assert todo(desk) == []
    assert rate(desk, *MARCH).total.percent == 100


def test_a_result_that_comes_from_the_portal_is_not_asked_for(
    desk: DeskContext, code: str, clock: Clock, tmp_path: Path
) -> None:
    take_step(desk, code, Step.FINISH, StepInput())
    refresh_all(desk)
    with desk.database.write() as session:
        file = PortalFile(
            dossier_id=1,
            result_code="KQ01",
            file_name="kq.pdf",
            url="/files/1",
            sha256="",
            next_attempt_at=clock.now,
        )
        session.add(file)
        forget_dossier(session, 1)
    assert [row.kind for row in todo(desk)] == ["component"]
    with desk.database.write() as session:
        session.get_one(PortalFile, 1).state = "failed"
        forget_dossier(session, 1)
    assert [row.kind for row in todo(desk)] == ["component", "result"]
    file = desk.documents.add(write_pdf(tmp_path / "kq.pdf"), max_mb=1)
    online_documents._keep(desk, online_documents._Wanted(1, 1, "kq.pdf", "/files/1", ""), file)
    assert [row.kind for row in todo(desk)] == ["component"], "a file that was fetched is no event of the history"


def test_results_are_numbered_once_and_told_by_that_number(desk: DeskContext, code: str, tmp_path: Path) -> None:
    take_step(desk, code, Step.FINISH, StepInput())
    first = attach(desk, code, [write_pdf(tmp_path / "x.pdf")], result="KQ01").documents
    more = attach(desk, code, [write_pdf(tmp_path / f"{n}.pdf") for n in (2, 3)], result="KQ01").documents
    assert [one.file_name for one in (*first, *more)] == [f"{code}-KQ{n}.pdf" for n in (1, 2, 3)]
    again = attach(desk, code, [tmp_path / "2.pdf"], result="KQ01")
    assert again.documents == ()
    assert attach(desk, code, [write_pdf(tmp_path / "y.pdf")], result="KQ01").documents[0].file_name.endswith("KQ4.pdf")


def test_given_on_the_spot_need_not_be_scanned(desk: DeskContext) -> None:
    code = receive(desk, request(ON_THE_SPOT, components=(ComponentIn("TP01", 0, 1),))).code
    take_step(desk, code, Step.FINISH, StepInput())
    assert todo(desk) == []
    set_rule(desk, ON_THE_SPOT, PaperKind.RESULT, "KQ01", Treatment.SCAN)
    assert [row.kind for row in todo(desk)] == ["result"]


def test_nobody_is_asked_for_papers_of_a_withdrawn_dossier(desk: DeskContext, code: str) -> None:
    take_step(desk, code, Step.WITHDRAW, StepInput(reason="xin rút"))
    assert todo(desk) == []
    report = rate(desk, *MARCH)
    assert (report.total.dossiers, report.excluded) == (0, 1)
    set_formula(desk, Formula(date(2026, 1, 1), excluded=frozenset()))
    report = rate(desk, *MARCH)
    assert (report.total.dossiers, report.total.denominator, report.excluded) == (1, 1, 0)


@pytest.mark.parametrize(("left_out", "counted"), [("online", 3), ("postal", 2), ("on_the_spot", 2), ("refused", 3)])
def test_exclusions_by_channel_and_kind(desk: DeskContext, left_out: str, counted: int) -> None:
    receive(desk, request(HOURS))
    receive(desk, request(HOURS, channel="postal"))
    receive(desk, request(ON_THE_SPOT))
    refresh_all(desk)
    set_formula(desk, Formula(date(2026, 1, 1), excluded=frozenset({left_out})))
    report = rate(desk, *MARCH)
    assert (report.total.dossiers, report.excluded) == (counted, 3 - counted)


def test_each_month_has_the_formula_of_its_own_day(desk: DeskContext, clock: Clock, tmp_path: Path) -> None:
    for month in (2, 3):
        clock.now = datetime(2026, month, 10, 9, tzinfo=VIETNAM)
        papers = (ComponentIn("TP01", 1), ComponentIn("TP02", 1), ComponentIn("TP03"))
        code = receive(desk, full_request(components=papers)).code
        attach(desk, code, [write_pdf(tmp_path / f"{month}.pdf")], component="TP01")
    refresh_all(desk)
    set_formula(desk, Formula(date(2026, 3, 1), unit="paper", basis="Quyết định 12/QĐ-UBND"))
    report = rate(desk, date(2026, 2, 1), date(2026, 3, 31), "month")
    assert [(line.name, line.numerator, line.denominator) for line in report.lines] == [
        ("Tháng 3/2026", 1, 2),
        ("Tháng 2/2026", 0, 1),
    ]
    assert report.formula.basis == "Quyết định 12/QĐ-UBND"
    assert formulas(desk)[0].unit == "paper"
    drop_formula(desk, date(2026, 3, 1))
    assert rate(desk, *MARCH).formula == FIRST_FORMULA


def test_by_clerk_and_by_dossier(desk: DeskContext, code: str, tmp_path: Path) -> None:
    other = receive(desk, request(HOURS, DUNG)).code
    attach(desk, other, [write_pdf(tmp_path / "a.pdf")], component="TP01")
    refresh_all(desk)
    (clerk,) = rate(desk, *MARCH, by="clerk").lines
    assert (clerk.key, clerk.numerator, clerk.denominator) == ("Lê Thị Hạnh", 1, 2)
    assert [(one.key, one.percent) for one in rate(desk, *MARCH, by="dossier").lines] == [(code, 0.0), (other, 100.0)]


def test_a_period_that_cannot_be_is_refused(desk: DeskContext) -> None:
    with refused("period_invalid", error=UserError):
        rate(desk, date(2026, 3, 2), date(2026, 3, 1))


def test_a_formula_that_counts_nothing_is_not_kept(desk: DeskContext) -> None:
    with nothing_stored(desk), refused("formula_invalid", error=UserError):
        set_formula(desk, Formula(date(2026, 1, 1), components=False, results=False))
    with desk.database.read() as session:
        assert session.query(DigitisingFormula).all() == []


def test_the_list_is_narrowed_and_counted(desk: DeskContext, code: str) -> None:
    receive(desk, request(HOURS, DUNG))
    assert [row.applicant_name for row in todo(desk, typed="nguyen thi dung")] == ["Nguyễn Thị Dung"]
    assert todo_counts(desk) == {"all": 2, "component": 2, "result": 0, "wrong": 0}


def test_states_are_worked_out_in_slices_and_only_once(desk: DeskContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counter_app.services.digitising_refresh.AT_A_TIME", 2)
    for _ in range(5):
        receive(desk, request(HOURS))
    after, steps = refresh_some(desk), 1
    while after is not None:
        after, steps = refresh_some(desk, after), steps + 1
    assert steps == 3
    with desk.database.read() as session:
        assert session.query(DigitisingState).count() == 5
    assert refresh_some(desk) is None
    assert not refresh_all(desk, lambda: False)


def test_the_report_goes_out_with_its_formula(desk: DeskContext, code: str, tmp_path: Path) -> None:
    refresh_all(desk)
    export_rate(rate(desk, *MARCH), tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[1][:6] == [DAYS, "Cấp bản sao trích lục hộ tịch", "1", "0", "1", "0,0"]
    assert lines[-2][1].startswith("Tử số:")
    assert payloads(desk, code, "create")[0]["HoSoCoThanhPhanSoHoa"] == "0"
