"""Which papers of a dossier get a separator, and where its printing goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import select

from counter_app.errors import UserError
from counter_app.models import PrintJob
from counter_app.rules.digitising import PaperKind, Treatment
from counter_app.rules.scan_sheets import Separator, SheetKind, decode
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.digitising import choose, set_default
from counter_app.services.receive import receive
from counter_app.services.scan_sheets import (
    COVER,
    STICKER,
    covers_pdf,
    next_to_scan,
    print_covers,
    print_stickers,
    separators,
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


def targets(desk: DeskContext, codes: list[str], form: str = COVER, papers: list[str] | None = None) -> list[Separator]:
    found = [decode(content.payload) for content in separators(desk, codes, form, papers)]
    assert None not in found
    return [separator for separator in found if separator]


def test_each_paper_that_has_to_be_scanned_gets_a_numbered_sheet(desk: DeskContext, code: str, tmp_path: Path) -> None:
    assert targets(desk, [code]) == [
        Separator(SheetKind.COVER, code, component="TP01", number=1, total=2),
        Separator(SheetKind.COVER, code, component="TP02", number=2, total=2),
    ]
    attach(desk, code, [scan(tmp_path)], component="TP01")
    assert targets(desk, [code]) == [Separator(SheetKind.COVER, code, component="TP02", number=1, total=1)]


def test_what_need_not_be_scanned_gets_none_unless_it_is_named(desk: DeskContext, code: str) -> None:
    choose(desk, code, PaperKind.COMPONENT, "TP02", Treatment.SHOWN_ONLY, "Chỉ xuất trình")
    assert [found.component for found in targets(desk, [code])] == ["TP01"]
    assert [found.component for found in targets(desk, [code], papers=["TP02"])] == ["TP02"]
    choose(desk, code, PaperKind.COMPONENT, "TP01", Treatment.SHOWN_ONLY, "Chỉ xuất trình")
    with pytest.raises(UserError) as refused:
        separators(desk, [code], COVER)
    assert refused.value.kind == "nothing_to_scan"


def test_no_paper_named_means_the_whole_dossier(desk: DeskContext, code: str) -> None:
    (content,) = separators(desk, [code], STICKER, [])
    assert decode(content.payload) == Separator(SheetKind.STICKER, code)
    assert content.place is None


def test_sheets_of_several_dossiers_each_count_their_own(desk: DeskContext, code: str) -> None:
    other = receive(desk, full_request(components=BOTH)).code
    found = targets(desk, [code, other, code])
    assert [(one.dossier, one.number, one.total) for one in found] == [
        (code, 1, 2),
        (code, 2, 2),
        (other, 1, 2),
        (other, 2, 2),
    ]


def test_an_unknown_paper_is_refused(desk: DeskContext, code: str) -> None:
    with pytest.raises(UserError) as refused:
        separators(desk, [code], COVER, ["TP99"])
    assert refused.value.kind == "component_unknown"


def test_the_next_paper_to_scan_is_offered_until_there_is_none(desk: DeskContext, code: str, tmp_path: Path) -> None:
    for component in ("TP01", "TP02"):
        offered = next_to_scan(desk, code)
        assert offered is not None
        assert offered.code == component
        attach(desk, code, [scan(tmp_path)], component=component)
    assert next_to_scan(desk, code) is None


def test_sheets_go_into_the_spool_on_one_side_and_as_often_as_wanted(desk: DeskContext, code: str) -> None:
    printers = replace(desk.settings.printers, office="ipp://127.0.0.1:9/ipp", thermal="tcp://127.0.0.1:9")
    both = replace(printers.slips, two_sided=True)
    printers = replace(printers, slips=both, letters=both, labels=both)
    desk = replace(desk, settings=replace(desk.settings, printers=printers))
    first, again = print_covers(desk, [code]), print_covers(desk, [code])
    sticker = print_stickers(desk, [code])
    assert len({first, again, sticker}) == 3
    with desk.database.read() as session:
        jobs = {job.id: job for job in session.scalars(select(PrintJob))}
        assert jobs[first].payload.startswith(b"%PDF")
        assert jobs[first].sides in ("", "one-sided")
        assert jobs[sticker].printer == "tcp://127.0.0.1:9"
        assert not jobs[sticker].payload.startswith(b"%PDF")
        assert code in jobs[first].title


def test_sheets_are_made_for_the_sheet_of_labels_too(desk: DeskContext, code: str) -> None:
    assert covers_pdf(desk, [code], paper="A5").startswith(b"%PDF")
    assert stickers_pdf(desk, [code], paper="A4 3x7", skip=4).startswith(b"%PDF")
