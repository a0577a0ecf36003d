"""Which papers of a dossier get a separator, and where its printing goes."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from counter_app.errors import UserError
from counter_app.models import PrintJob
from counter_app.rules.digitising import PaperKind, Treatment
from counter_app.rules.scan_sheets import Separator, SheetKind, decode
from counter_app.services import scan_sheets
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.digitising import choose, set_default
from counter_app.services.receive import receive
from counter_app.services.scan_sheets import (
    Stickers,
    Wanted,
    covers_pdf,
    print_covers,
    print_stickers,
    separators,
    sticker_form,
    stickers_pdf,
)
from counter_app.services.values import ComponentIn
from tests.catalogue_samples import full_request

BOTH = (ComponentIn("TP01", 1), ComponentIn("TP02", 1), ComponentIn("TP03"))


@pytest.fixture
def code(desk: DeskContext) -> str:
    set_default(desk, Treatment.SCAN)
    return receive(desk, full_request(components=BOTH)).code


def scan(folder: Path) -> Path:
    path = folder / "scan.pdf"
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(path)
    return path


def targets(desk: DeskContext, wanted: Wanted) -> list[Separator]:
    found = [decode(content.payload) for content in separators(desk, wanted, SheetKind.COVER)]
    assert None not in found
    return [separator for separator in found if separator]


def test_each_paper_that_has_to_be_scanned_gets_a_numbered_sheet(desk: DeskContext, code: str, tmp_path: Path) -> None:
    assert targets(desk, {code: None}) == [
        Separator(SheetKind.COVER, code, component="TP01", number=1, total=2),
        Separator(SheetKind.COVER, code, component="TP02", number=2, total=2),
    ]
    attach(desk, code, [scan(tmp_path)], component="TP01")
    assert targets(desk, {code: None}) == [Separator(SheetKind.COVER, code, component="TP02", number=1, total=1)]


def test_what_need_not_be_scanned_gets_none_unless_it_is_named(desk: DeskContext, code: str) -> None:
    choose(desk, code, PaperKind.COMPONENT, "TP02", Treatment.SHOWN_ONLY, "Chỉ xuất trình")
    assert [found.component for found in targets(desk, {code: None})] == ["TP01"]
    assert [found.component for found in targets(desk, {code: ["TP02"]})] == ["TP02"]
    choose(desk, code, PaperKind.COMPONENT, "TP01", Treatment.SHOWN_ONLY, "Chỉ xuất trình")
    with pytest.raises(UserError) as refused:
        separators(desk, {code: None}, SheetKind.COVER)
    assert refused.value.kind == "nothing_to_scan"


def test_no_paper_named_means_the_whole_dossier(desk: DeskContext, code: str) -> None:
    (content,) = separators(desk, {code: []}, SheetKind.STICKER)
    assert decode(content.payload) == Separator(SheetKind.STICKER, code)
    assert content.place is None


def test_sheets_of_several_dossiers_each_count_their_own(desk: DeskContext, code: str) -> None:
    other = receive(desk, full_request(components=BOTH)).code
    found = targets(desk, {code: None, other: None})
    assert [(one.dossier, one.number, one.total) for one in found] == [
        (code, 1, 2),
        (code, 2, 2),
        (other, 1, 2),
        (other, 2, 2),
    ]


def test_of_each_dossier_its_own_papers_are_chosen(desk: DeskContext, code: str) -> None:
    other = receive(desk, full_request(components=BOTH)).code
    found = targets(desk, {code: ["TP02"], other: ["TP01"]})
    assert [(one.dossier, one.component, one.total) for one in found] == [(code, "TP02", 1), (other, "TP01", 1)]


def test_more_than_a_feeder_takes_is_refused(desk: DeskContext, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_sheets, "MOST_SHEETS", 2)
    other = receive(desk, full_request(components=BOTH)).code
    assert len(targets(desk, {code: None})) == 2
    with pytest.raises(UserError) as refused:
        separators(desk, {code: None, other: ["TP01"]}, SheetKind.COVER)
    assert refused.value.kind == "too_many_sheets"


def test_an_unknown_paper_is_refused(desk: DeskContext, code: str) -> None:
    with pytest.raises(UserError) as refused:
        separators(desk, {code: ["TP99"]}, SheetKind.COVER)
    assert refused.value.kind == "component_unknown"


@pytest.fixture
def printing(desk: DeskContext) -> DeskContext:
    """A desk with a printer for everything, each to print on two sides."""
    printers = replace(desk.settings.printers, office="ipp://127.0.0.1:9/ipp", thermal="tcp://127.0.0.1:9")
    both, labels = replace(printers.slips, two_sided=True), replace(printers.labels, printer="ipp://127.0.0.1:8/ipp")
    printers = replace(printers, slips=both, letters=both, labels=replace(labels, two_sided=True))
    return replace(desk, settings=replace(desk.settings, printers=printers))


def test_sheets_go_into_the_spool_on_one_side_and_as_often_as_wanted(printing: DeskContext, code: str) -> None:
    wanted: Wanted = {code: None}
    first, again = print_covers(printing, wanted), print_covers(printing, wanted)
    assert first != again
    with printing.database.read() as session:
        job = session.get_one(PrintJob, first)
        assert job.payload.startswith(b"%PDF")
        assert job.sides in ("", "one-sided")
        assert job.printer == "ipp://127.0.0.1:9/ipp"
        assert code in job.title


@pytest.mark.parametrize(
    ("paper", "printer", "is_pdf"),
    [
        ("70x42", "ipp://127.0.0.1:8/ipp", True),
        ("A4 3x7", "ipp://127.0.0.1:9/ipp", True),
        ("thermal", "tcp://127.0.0.1:9", False),
    ],
)
def test_stickers_go_to_the_printer_that_takes_their_paper(
    printing: DeskContext, code: str, paper: Stickers, printer: str, is_pdf: bool
) -> None:
    made = print_stickers(printing, {code: None}, paper=paper)
    with printing.database.read() as session:
        job = session.get_one(PrintJob, made)
        assert (job.printer, job.payload.startswith(b"%PDF")) == (printer, is_pdf)
        assert job.sides in ("", "one-sided")
        assert job.form == sticker_form(paper)


def test_sheets_are_shown_as_they_come_out(desk: DeskContext, code: str) -> None:
    assert covers_pdf(desk, {code: None}, paper="A5").startswith(b"%PDF")
    assert stickers_pdf(desk, {code: None}, paper="A4 3x7", skip=4).startswith(b"%PDF")
    with pikepdf.open(BytesIO(stickers_pdf(desk, {code: None}, paper="thermal"))) as shown:
        assert len(shown.pages) == 2
        width = float(shown.pages[0].mediabox[2]) / 72 * 25.4
    assert round(width) == 72, "what an 80 mm printer prints on"
