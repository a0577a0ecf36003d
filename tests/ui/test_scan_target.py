"""Where pages go is what the strip says at that moment: never the dossier before, never a paper that was left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.rules.scan_sheets import Separator, SheetKind, encode
from counter_app.services.desk import DeskContext
from counter_app.services.reading import show
from counter_app.services.values import Received
from counter_app.ui.scan_page import ScanPage
from counter_app.ui.scan_target import Target
from tests.services.scan_samples import printed_pdf, scanned
from tests.ui.scan_fixtures import FedScanner, at_rest, choose_dossier, key, order, rows, scan

TakeIn = Callable[..., Received]


def test_a_scan_asked_for_before_the_dossier_is_there_goes_to_that_dossier(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, qtbot: Any
) -> None:
    page = scan_page
    one, two = take_in(0).code, take_in(1).code
    choose_dossier(page, qtbot, one)
    page.target.choose(two)
    assert page.target.target.dossier == ""
    scanner.feeder = [scanned("giấy")]
    qtbot.keyClick(page.view, Qt.Key.Key_F5)
    assert scanner.profiles == []
    qtbot.waitUntil(lambda: bool(page.session.pages))
    at_rest(page, qtbot)
    assert [item.dossier for item in page.session.pages] == [two]
    page.view.choose([page.session.pages[0].id])
    page.target.choose(one)
    qtbot.keyClick(page.view, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.session.pages[0].dossier == one)
    at_rest(page, qtbot)


def test_a_scan_asked_for_a_dossier_that_is_not_found_does_not_begin(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, qtbot: Any
) -> None:
    page = scan_page
    choose_dossier(page, qtbot, take_in().code)
    page.target.choose("H15.36-260101-9999")
    scanner.feeder = [scanned("giấy")]
    qtbot.keyClick(page.view, Qt.Key.Key_F5)
    at_rest(page, qtbot)
    assert scanner.profiles == []
    assert page.target.target.dossier == ""


def test_signs_read_anew_leave_the_paper_chosen_meanwhile(scan_page: ScanPage, take_in: TakeIn, qtbot: Any) -> None:
    page = scan_page
    code = take_in(procedure="2.000884").code
    choose_dossier(page, qtbot, code)
    first = page.target.target.component
    page.context.announce("scan_jobs", dossiers=(code,))
    page.target.step(1)
    second = page.target.target.component
    assert second != first
    at_rest(page, qtbot)
    assert page.target.target.component == second
    page.target.choose(code, first)
    page.context.announce("scan_jobs", dossiers=(code,))
    at_rest(page, qtbot)
    assert page.target.target.component == first, "what was asked for is chosen all the same"


def test_a_whole_file_goes_where_it_was_dropped_whatever_is_chosen_when_it_has_been_examined(
    scan_page: ScanPage, take_in: TakeIn, desk: DeskContext, tmp_path: Path, qtbot: Any
) -> None:
    page = scan_page
    one, two = take_in(0).code, take_in(1).code
    choose_dossier(page, qtbot, one)
    page.add_files([printed_pdf(tmp_path / "giấy ủy quyền.pdf", ["Văn bản ủy quyền"])])
    page.target.choose(two)
    qtbot.waitUntil(lambda: bool(show(desk, one).documents))
    at_rest(page, qtbot)
    assert show(desk, two).documents == ()


def test_the_cover_of_a_whole_dossier_offers_its_papers_and_leaves_the_next_stack_to_its_sheets(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    page = scan_page
    code = take_in(procedure="2.000884").code
    papers = [item.code for item in show(page.context.desk, code).components]
    marks = iter([(encode(Separator(SheetKind.COVER, code)), "SEEN:C"), (), ()])
    monkeypatch.setattr("counter_app.scanning.marks.read_marks", lambda _path, _dpi: next(marks))
    scan(page, scanner, qtbot, ["tờ bìa", "giấy một", "giấy hai"])
    assert rows(page) == ["2 Chưa chọn giấy tờ"]
    page.groups.selectRow(0)
    at_rest(page, qtbot)
    assert page.target.target == Target(code, papers[0])
    page.view.choose(order(page)[1:2])
    key(page, qtbot, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert page.target.target == Target(code, papers[1]), "the next missing one for the rest"
    page.view.choose(order(page)[2:])
    key(page, qtbot, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert rows(page) == ["1 Sẵn sàng gắn", "1 Sẵn sàng gắn"]
    assert [item.component for item in page.session.pages[1:]] == papers[:2]
    assert page.target.target == Target()
