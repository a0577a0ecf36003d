"""Papers brought after a request: counted, told to the portal by name, on the receipt; what is missing is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from counter_app.errors import UserError
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.papers import make_paper, print_paper
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.undo import undo_last
from counter_app.services.values import ComponentIn, StepDone
from counter_app.services.verify import verify
from tests.catalogue_samples import full_request, write_pdf
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.inspect_desk import kinds, nothing_stored, payloads, refused

IDENTITY = "Giấy tờ tùy thân"


@pytest.fixture
def code(desk: DeskContext, clock: Clock) -> str:
    """A dossier received without the copy of an identity paper, which is asked for; a day later."""
    wanted = full_request(components=(ComponentIn("TP01", 1),), supplement_reason="Thiếu giấy tờ tùy thân")
    made = receive(desk, wanted).code
    clock.move(days=1)
    return made


def bring(desk: DeskContext, code: str, *papers: ComponentIn, incomplete: bool = False, reason: str = "") -> StepDone:
    given = StepInput(components=papers, incomplete=incomplete, reason=reason)
    return take_step(desk, code, Step.SUPPLEMENT, given)


def test_what_came_is_counted_and_named(desk: DeskContext, code: str) -> None:
    done = bring(desk, code, ComponentIn("TP02", 0, 2), ComponentIn("TP01", 1, 0), ComponentIn("TP04"))
    view = show(desk, code)
    assert [(c.code, c.originals, c.copies) for c in view.components[:2]] == [("TP01", 2, 0), ("TP02", 0, 2)]
    assert view.events[-1].details["components"] == [
        {"code": "TP02", "name": IDENTITY, "originals": 0, "copies": 2},
        {"code": "TP01", "name": "Tờ khai theo mẫu", "originals": 1, "copies": 0},
    ]
    assert done.warnings == ()
    (told,) = payloads(desk, code, "update")[-1]["DanhSachHoSoBoSung"]
    assert told["DanhSachGiayToBoSung"] == [{"TenGiayTo": IDENTITY}, {"TenGiayTo": "Tờ khai theo mẫu"}]
    assert told["TrangThaiBoSung"] == "2"
    assert verify(desk).problems == ()


def test_the_receipt_given_then_lists_them_and_the_first_one_does_not(
    desk: DeskContext, code: str, tmp_path: Path
) -> None:
    bring(desk, code, ComponentIn("TP02", 0, 1))
    now = text_of(make_paper(desk, code, "receipt").pdf, tmp_path)
    first = text_of(make_paper(desk, code, "receipt", event_number=1).pdf, tmp_path)
    assert IDENTITY in now
    assert IDENTITY not in first


def test_scans_come_along_and_go_after_the_record(desk: DeskContext, code: str, tmp_path: Path) -> None:
    scan = write_pdf(tmp_path / "cccd.pdf", pages=2)
    bring(desk, code, ComponentIn("TP02", 0, 1, (scan,)))
    (document,) = show(desk, code).documents
    assert (document.component_code, document.file_name, document.pages) == ("TP02", "cccd.pdf", 2)
    assert show(desk, code).events[-1].details["files"] == [{"name": "cccd.pdf", "sha256": document.sha256}]
    assert kinds(desk, code)[-3:] == ["step", "update", "upload"]


def test_a_scan_that_is_there_already_is_not_added_again(desk: DeskContext, tmp_path: Path) -> None:
    scan = write_pdf(tmp_path / "a.pdf")
    papers = (ComponentIn("TP01", 1, 0, (scan,)), ComponentIn("TP02", 0, 1), ComponentIn("TP03"))
    code = receive(desk, full_request(components=papers)).code
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Bản quét mờ"))
    done = bring(desk, code, ComponentIn("TP01", 0, 0, (scan,)))
    assert "đã có trong hồ sơ" in done.warnings[0]
    assert len(show(desk, code).documents) == 1


def test_what_is_still_missing_has_to_be_confirmed(desk: DeskContext, code: str) -> None:
    with nothing_stored(desk), refused("component_missing", "TP02", IDENTITY, error=UserError) as caught:
        bring(desk, code, ComponentIn("TP04", 1))
    assert caught.value.details["components"] == ["TP02"], "what depends on circumstances is not asked of everybody"
    assert show(desk, code).row.status == "supplement_requested"
    done = bring(desk, code, ComponentIn("TP04", 1), incomplete=True)
    assert done.status == "received"
    assert "TP02" in done.warnings[0]


def test_a_scan_alone_is_a_paper_that_is_there(desk: DeskContext, code: str, tmp_path: Path) -> None:
    assert bring(desk, code, ComponentIn("TP02", 0, 0, (write_pdf(tmp_path / "a.pdf"),))).warnings == ()


def test_nothing_said_of_papers_goes_on_with_a_warning(desk: DeskContext, code: str) -> None:
    done = take_step(desk, code, Step.SUPPLEMENT, StepInput(reason="Đã nộp"))
    assert done.status == "received"
    assert "TP02" in done.warnings[0]
    assert "components" not in show(desk, code).events[-1].details


@pytest.mark.parametrize(
    ("papers", "kind"),
    [
        ((ComponentIn("TP99", 1),), "component_unknown"),
        ((ComponentIn("TP02", 0, 1), ComponentIn("TP02", 1)), "component_repeated"),
        ((ComponentIn("TP02", -1, 2),), "component_invalid"),
        ((ComponentIn("TP01", 9999),), "component_invalid"),
    ],
)
def test_papers_that_cannot_be_are_refused(
    desk: DeskContext, code: str, papers: tuple[ComponentIn, ...], kind: str
) -> None:
    with nothing_stored(desk), refused(kind, error=UserError):
        bring(desk, code, *papers)


def test_a_dossier_that_awaits_no_paper_is_told_so_first(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    with nothing_stored(desk), refused("step_not_permitted"):
        bring(desk, code, ComponentIn("TP99", 1))


def test_papers_are_asked_for_once_and_once_more_only_with_a_reason(desk: DeskContext, code: str) -> None:
    bring(desk, code, ComponentIn("TP02", 0, 1))
    more = StepInput(reason="Trích lục mờ")
    with nothing_stored(desk), refused("supplement_repeated", "một lần"):
        take_step(desk, code, Step.REQUEST_SUPPLEMENT, more)
    done = take_step(desk, code, Step.REQUEST_SUPPLEMENT, replace(more, again="Bản nộp lần đầu bị rách"))
    assert any("thêm lần nữa" in warning for warning in done.warnings)
    assert show(desk, code).events[-1].details["asked_again"] == "Bản nộp lần đầu bị rách"
    undo_last(desk, code, "Nhầm")
    told = payloads(desk, code, "update")[-1]["DanhSachHoSoBoSung"]
    assert [one["TrangThaiBoSung"] for one in told] == ["2"], "a request that was taken back is not told"


def test_a_supplement_is_taken_back_while_its_receipt_is_not_printed(
    desk: DeskContext, code: str, clock: Clock, tmp_path: Path
) -> None:
    before = show(desk, code)
    bring(desk, code, ComponentIn("TP02", 0, 2, (write_pdf(tmp_path / "cccd.pdf"),)), ComponentIn("TP01", 1))
    clock.move(minutes=5)
    done = undo_last(desk, code, "Nhầm hồ sơ")
    assert "vẫn nằm trong hồ sơ" in done.warnings[0]
    after = show(desk, code)
    assert (after.row.status, after.row.due, after.row.paused_at) == (
        "supplement_requested",
        before.row.due,
        before.row.paused_at,
    )
    assert after.components == before.components
    (told,) = payloads(desk, code, "update")[-1]["DanhSachHoSoBoSung"]
    assert (told["TrangThaiBoSung"], told["DanhSachGiayToBoSung"]) == ("1", [])
    clock.move(days=1)
    again = bring(desk, code, ComponentIn("TP02", 0, 1))
    assert (again.status, show(desk, code).row.paused_at) == ("received", None)
    print_paper(desk, code, "receipt", "tcp://127.0.0.1:9")
    with refused("undo_not_possible", "đã in"):
        undo_last(desk, code, "Nhầm hồ sơ")
    assert verify(desk).problems == ()
