"""What is done to a page after it was read: it is looked at, and its run is parted; whatever comes between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from counter_app.rules.scan_sheets import Separator, SheetKind, encode
from counter_app.scanning.model import ReadPage, ScanTrouble
from counter_app.scanning.tray import Tray, TrayPage
from counter_app.services.desk import DeskContext
from counter_app.services.scan_groups import READY, UNDECIDED, groups_of
from counter_app.services.scan_trays import new_tray
from counter_app.services.values import Received
from counter_app.ui.scan_look import look_at_page
from counter_app.ui.scan_page import ScanPage
from counter_app.ui.scan_work import ScanWork
from tests.services.scan_samples import scanned
from tests.ui.scan_fixtures import FedScanner, at_rest, choose_dossier, scan

TakeIn = Callable[..., Received]
AIM = ("H15.36-260310-1001", "TP01", "")
COVER = (encode(Separator(SheetKind.COVER, "H15.36-260310-1002", "TP01")), "SEEN:C")


def ready(tray: Tray) -> list[tuple[str, tuple[str, ...]]]:
    return [(group.dossier, group.page_ids) for group in groups_of(tray.pages(), ()) if group.state == READY]


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, ...]]:
    """What is read on the pages, by the names of their images."""
    made: dict[str, tuple[str, ...]] = {}

    def read(path: Path, _dpi: int) -> tuple[str, ...]:
        return made.get(path.name, ())

    monkeypatch.setattr("counter_app.scanning.marks.read_marks", read)
    return made


def test_what_the_clerk_decided_before_the_machine_looked_stays(tmp_path: Path) -> None:
    tray = Tray.create(tmp_path)
    for blank in (False, True):
        tray.add(scanned("một", blank=blank), aim=AIM)
    dropped, kept = (page.id for page in tray.pages())
    tray.drop([dropped])
    tray.change(dropped, turn=3)
    tray.restore([kept])
    for page in tray.pages():
        look_at_page(tray, page)
    assert [(page.is_seen, page.is_blank, page.is_dropped) for page in tray.pages()] == [
        (True, False, True),
        (True, True, False),
    ]
    assert tray.pages()[0].turn == 3
    while tray.undo():
        pass
    assert [page.is_dropped for page in tray.pages()] == [False, True], "as the machine found them"


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), MemoryError(), ScanTrouble("bad_page", "Hỏng.")])
def test_a_look_that_fails_leaves_a_trouble(error: Exception, tmp_path: Path, qtbot: Any) -> None:
    def look(_tray: Tray, _page: TrayPage) -> None:
        raise error

    tray = Tray.create(tmp_path)
    page = tray.add(scanned("một"), aim=AIM)
    work = ScanWork(look)
    failed: list[Exception] = []
    work.look_failed.connect(failed.append)
    with qtbot.waitSignal(work.all_seen):
        work.look_at(tray, page.id)
    work.close()
    assert not tray.pages()[0].is_seen
    assert [group.state for group in groups_of(tray.pages(), ())] == [UNDECIDED]
    assert failed == ([] if isinstance(error, ScanTrouble) else [error])


def test_a_run_that_the_program_did_not_live_to_sort_is_sorted_when_its_tray_is_taken_up(
    scan_page: ScanPage, desk: DeskContext, marks: dict[str, tuple[str, ...]], qtbot: Any
) -> None:
    """A paper was chosen when the stack with sheets was laid in; the sheet was deleted before it was looked at."""
    tray = new_tray(desk)
    for text in ("của một", "tờ ngăn", "của hai"):
        tray.add(scanned(text), aim=AIM)
    tray.drop(["0002"])
    marks["0002.png"] = COVER
    page = scan_page
    page.activated()
    at_rest(page, qtbot)
    assert page.session.tray is not None
    assert page.session.tray.id == tray.id
    assert ready(page.session.tray) == [(AIM[0], ("0001",)), ("H15.36-260310-1002", ("0003",))]


def test_a_run_is_not_lost_when_the_next_one_begins_before_it_was_looked_at(
    scan_page: ScanPage, scanner: FedScanner, take_in: TakeIn, marks: dict[str, tuple[str, ...]], qtbot: Any
) -> None:
    page = scan_page
    one, two = take_in(0).code, take_in(1).code
    marks["0002.png"] = (encode(Separator(SheetKind.COVER, two, "TP01")), "SEEN:C")
    choose_dossier(page, qtbot, one, "TP01")
    scanner.feeder = [scanned(text) for text in ("của một", "tờ ngăn", "của hai")]
    begun_again: list[bool] = []

    def ended(is_reading: bool) -> None:
        """The first run has ended; nothing of it has been sorted."""
        if not is_reading and not begun_again:
            begun_again.append(page.session.is_unsorted)
            scanner.feeder = [scanned("của một nữa")]
            page.scan()

    page.session.busy.connect(ended)
    qtbot.keyClick(page.view, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: bool(begun_again) and not scanner.feeder)
    at_rest(page, qtbot)
    assert begun_again == [True]
    assert page.session.tray is not None
    assert ready(page.session.tray) == [(one, ("0001", "0004")), (two, ("0003",))]


def test_a_file_that_is_added_after_a_jam_does_not_go_on_with_the_stack_and_the_scanner_does(
    scan_page: ScanPage,
    scanner: FedScanner,
    take_in: TakeIn,
    marks: dict[str, tuple[str, ...]],
    tmp_path: Path,
    qtbot: Any,
) -> None:
    page = scan_page
    one, two = take_in(0).code, take_in(1).code
    marks["0001.png"] = (encode(Separator(SheetKind.COVER, two, "TP01")), "SEEN:C")
    choose_dossier(page, qtbot, one, "TP01")
    scanner.trouble = ScanTrouble("jam", "Kẹt giấy.")
    scan(page, scanner, qtbot, ["tờ ngăn", "của hai"])
    page.session.send()
    at_rest(page, qtbot)
    read: ReadPage = scanned("của một")
    (tmp_path / "a.png").write_bytes(read.data)
    page.add_files([tmp_path / "a.png"])
    qtbot.waitUntil(lambda: len(page.session.pages) == 3)
    at_rest(page, qtbot)
    scan(page, scanner, qtbot, ["của hai nữa"])
    assert [item.dossier for item in page.session.pages] == [two, two, one, two]
