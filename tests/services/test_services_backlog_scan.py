"""A box of older results goes through the feeder: sheets are printed, pages behind each become its file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from counter_app.errors import UserError
from counter_app.rules.scan_sheets import decode
from counter_app.services.backlog import OldResult, batches, enter, make_batch, old_result
from counter_app.services.backlog_scan import attach_old
from counter_app.services.backlog_sheets import RESULT, backlog_sheets, print_backlog_sheets
from counter_app.services.desk import DeskContext
from counter_app.services.print_jobs import list_jobs
from counter_app.services.scan_jobs import DONE, enqueue, jobs_of_tray, open_jobs, work_off_one
from counter_app.services.verify import verify
from counter_app.services.whole_documents import attach_whole
from counter_app.settings import PrinterSettings
from tests.catalogue_samples import write_pdf
from tests.services.inspect_desk import refused
from tests.services.scan_samples import filled_tray, group_of


@pytest.fixture
def codes(desk: DeskContext) -> list[str]:
    batch = make_batch(desk, "Hộp 12", "Giấy khai sinh", "UBND xã Ea Kao")
    entries = [OldResult(f"{n}/2019", date(2019, 3, 5), "H' Ngăm Niê Kdăm") for n in (1, 2, 3)]
    return [enter(desk, batch, entry).result.code for entry in entries]


def test_each_sheet_names_its_result_and_its_place(desk: DeskContext, codes: list[str], tmp_path: Path) -> None:
    attach_old(desk, codes[1], write_pdf(tmp_path / "a.pdf"))
    with pypdfium2.PdfDocument(backlog_sheets(desk, 1)) as pdf:
        found = [decode(zxingcpp.read_barcodes(page.render(scale=2).to_pil())[0].text) for page in pdf]
    assert [(one.dossier, one.result, one.number, one.total) for one in found if one] == [
        (codes[0], RESULT, 1, 2),
        (codes[2], RESULT, 2, 2),
    ]


def test_a_pdf_that_stays_whole_becomes_the_file_of_its_result(
    desk: DeskContext, codes: list[str], tmp_path: Path
) -> None:
    one, other = write_pdf(tmp_path / "a.pdf"), write_pdf(tmp_path / "b.pdf")
    with refused("one_file", "gộp", error=UserError):
        attach_whole(desk, codes[1], [one, other])
    assert attach_whole(desk, codes[1], [one]).names == ("a.pdf",)
    assert old_result(desk, codes[1]).pages == 1


def test_a_batch_that_is_done_has_no_sheets(desk: DeskContext, tmp_path: Path, codes: list[str]) -> None:
    for number, code in enumerate(codes):
        attach_old(desk, code, write_pdf(tmp_path / f"{number}.pdf"))
    with refused("batch_done", "Hộp 12", error=UserError):
        backlog_sheets(desk, 1)


def test_sheets_go_to_the_printer_as_often_as_wanted(desk: DeskContext, codes: list[str]) -> None:
    ready = replace(desk, settings=replace(desk.settings, printers=PrinterSettings(office="cups:LASER")))
    for _ in range(2):
        print_backlog_sheets(ready, 1)
    assert [job.title for job in list_jobs(desk.database)] == ["Tờ ngăn quét kết quả cũ"] * 2


def test_pages_behind_a_sheet_become_the_file_of_its_result(desk: DeskContext, codes: list[str]) -> None:
    tray = filled_tray(desk, ["một", "hai", "ba"])
    first = group_of(tray, codes[0], "", result=RESULT, pages=slice(0, 2))
    second = group_of(tray, codes[2], "", result=RESULT, pages=slice(2, 3))
    assert enqueue(desk, tray.id, [first, second]).refused == ()
    assert [job.dossier_code for job in open_jobs(desk)] == [codes[0], codes[2]]
    outcome = work_off_one(desk)
    assert outcome is not None
    assert (outcome.dossier_code, outcome.state) == (codes[0], DONE)
    kept = old_result(desk, codes[0])
    assert (kept.file_name, kept.pages, kept.scanned_by) == (f"{codes[0]}.pdf", 2, "Lê Thị Hạnh")
    with pikepdf.open(desk.documents.path_of(kept.sha256)) as pdf, pdf.open_metadata() as facts:
        assert "Giấy khai sinh số 1/2019 ngày 05/03/2019" in str(facts["dc:title"])
    work_off_one(desk)
    assert (batches(desk)[0].scanned, batches(desk)[0].results) == (2, 3)
    assert [job.state for job in jobs_of_tray(desk, tray.id)] == [DONE, DONE]
    assert verify(desk).problems == ()


def test_no_page_of_a_result_takes_the_place_of_another(desk: DeskContext, codes: list[str]) -> None:
    """A stack that a clerk parted, a jam and its second half: one paper came as two documents."""
    tray = filled_tray(desk, ["một", "hai", "ba"])
    begin, rest = (group_of(tray, codes[0], "", result=RESULT, pages=part) for part in (slice(0, 2), slice(2, 3)))
    parted = enqueue(desk, tray.id, [begin, rest])
    assert parted.jobs == ()
    assert all("Ghép" in words for _, words in parted.refused)
    assert len(enqueue(desk, tray.id, [begin]).jobs) == 1
    assert "chưa gắn xong" in enqueue(desk, tray.id, [rest]).refused[0][1]
    other = replace(desk, settings=replace(desk.settings, clerk="Trần Văn Bình"))
    work_off_one(other)
    assert "đã có bản quét 2 trang" in enqueue(desk, tray.id, [rest]).refused[0][1]
    kept = old_result(desk, codes[0])
    assert (kept.pages, kept.scanned_by) == (2, "Lê Thị Hạnh"), "whoever works it off did not scan it"


def test_a_sheet_of_another_desk_is_named_and_the_rest_goes_on(desk: DeskContext, codes: list[str]) -> None:
    tray = filled_tray(desk, ["một", "hai"])
    foreign = group_of(tray, "H15.99-000001-00001", "", result=RESULT, pages=slice(0, 1))
    own = group_of(tray, codes[0], "", result=RESULT, pages=slice(1, 2))
    queued = enqueue(desk, tray.id, [foreign, own])
    assert len(queued.jobs) == 1
    ((place, words),) = queued.refused
    assert place == 0
    assert "H15.99-000001-00001" in words
