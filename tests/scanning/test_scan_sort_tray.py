"""A tray sorted by its separators: whatever becomes of its pages, none goes to a dossier not its own unasked."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_app.rules.scan_sheets import Separator, SheetKind, encode
from counter_app.rules.scan_sorting import SEEN_COVER, SEEN_STICKER, TURN
from counter_app.scanning.model import ReadPage
from counter_app.scanning.sorting import sort_tray
from counter_app.scanning.tray import Tray
from counter_app.services.scan_groups import READY, groups_of
from tests.scanning.scan_samples import page, picture

COVER = Separator(SheetKind.COVER, "H15.36-260205-0001", component="TP01", number=2, total=5)
SMALL = page(0)
NOWHERE = ("", "", "")
ONE, TWO, THREE = (f"H15.36-260205-000{number}" for number in (1, 2, 3))
SHEET, OTHER = ((encode(replace(COVER, dossier=dossier, number=1, total=1)), SEEN_COVER) for dossier in (ONE, TWO))


def feed(
    tray: Tray,
    *kept: tuple[str, ...] | None,
    run: int = 0,
    aim: tuple[str, str, str] = NOWHERE,
    blank: Collection[int] = (),
    sizes: dict[int, tuple[int, int]] | None = None,
) -> None:
    """Small pages with these marks, read and looked at; None: looking at it failed. ``blank``: places in ``kept``."""
    for number, words in enumerate(kept):
        added = tray.add(ReadPage(picture(number, size=(sizes or {}).get(number, (16, 22))), 200), run=run, aim=aim)
        if words is not None:
            is_blank = number in blank
            tray.record(added.id, marks=words, is_seen=True, is_blank=is_blank, is_dropped=is_blank)


def tray_of(folder: Path, *kept: tuple[str, ...] | None, **given: Any) -> Tray:
    """A tray with one run of such pages."""
    tray = Tray.create(folder)
    feed(tray, *kept, **given)
    return tray


def ready(tray: Tray) -> dict[str, str]:
    """The dossier into which each page would be sent without anybody being asked."""
    return {
        page: group.dossier for group in groups_of(tray.pages(), ()) if group.state == READY for page in group.page_ids
    }


def test_groups_become_documents_of_the_tray_and_no_key_takes_it_back(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, (), OTHER, (), SHEET, (), (), aim=(THREE, "TP03", ""))
    tray.change("0003", turn=1)
    groups = sort_tray(tray)
    assert [group.pages for group in groups] == [("0001",), ("0003",), ("0005", "0006")]
    pages = {page.id: page for page in Tray.open(tray.directory).pages()}
    assert [page.is_dropped for page in pages.values()] == [False, True, False, True, False, False]
    assert pages["0003"].group != pages["0005"].group == pages["0006"].group
    assert (pages["0003"].dossier, pages["0003"].component) == (TWO, "TP01")
    assert tray.undo(), "the page that was turned"
    assert not tray.undo()
    assert [page.turn for page in tray.pages()] == [0] * 6
    assert ready(tray) == {"0001": THREE, "0003": TWO, "0005": ONE, "0006": ONE}
    assert sort_tray(tray) == ()


def test_what_waits_is_told_on_each_of_its_pages(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, OTHER, (), (), (SEEN_COVER,), ())
    tray.record("0004", trouble="Ảnh mờ.")
    sort_tray(tray)
    assert [bool(page.doubt) for page in tray.pages()] == [True, True, True, True, True]
    assert tray.pages()[3].trouble == "Ảnh mờ."
    assert not tray.pages()[3].is_dropped
    assert tray.pages()[4].dossier == ""


def two_of(number: int) -> tuple[str, str]:
    return encode(replace(COVER, dossier=TWO, component=f"TP0{number}", number=number, total=2)), SEEN_COVER


@pytest.mark.parametrize("aim", [NOWHERE, (ONE, "TP01", "")], ids=["a stack", "a paper chosen"])
def test_a_doubt_stays_with_the_other_pages_when_the_first_one_is_blank_dropped_or_parted(
    aim: tuple[str, str, str], tmp_path: Path
) -> None:
    """Sheet 2 of 2 stuck to another one; the blank page is the back of nothing."""
    tray = tray_of(tmp_path, two_of(1), (), (), (), (), aim=aim, blank=[1])
    sort_tray(tray)
    assert ready(tray) == {}
    tray.drop(["0003"])
    tray.split_before("0005")
    assert ready(tray) == {}
    tray.settle(["0004"])
    assert ready(tray) == {"0004": TWO}


def test_a_page_that_could_not_be_looked_at_may_be_a_separator(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, (), None, (), aim=(ONE, "TP01", ""))
    sort_tray(tray)
    tray.drop(["0002"])
    assert ready(tray) == {}
    feed(tray, (), SHEET, (), None, run=1, aim=(THREE, "TP01", ""))
    sort_tray(tray)
    assert ready(tray) == {"0004": THREE}


def test_a_run_goes_on_after_a_jam_and_what_the_clerk_arranged_stays(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, two_of(1), (), (), (), aim=(ONE, "TP01", ""))
    sort_tray(tray)
    assert ready(tray) == {}, "sheet 2 of 2 has not come yet"
    tray.assign(["0003", "0004"], dossier=THREE, component="TP03")
    tray.settle(["0003", "0004"])
    tray.split_before("0004")
    arranged = [(page.place, page.group) for page in tray.pages()[2:4]]
    feed(tray, (), two_of(2), (), aim=(ONE, "TP01", ""))
    sort_tray(tray)
    assert [(page.place, page.group) for page in tray.pages()[2:4]] == arranged
    assert ready(tray) == {"0002": TWO, "0003": THREE, "0004": THREE, "0007": TWO}
    assert "gán sang chỗ khác" in tray.pages()[4].doubt
    while tray.undo():
        pass
    assert ready(tray) == {"0002": TWO, "0003": TWO, "0004": TWO, "0007": TWO}, "sheet 2 of 2 has come"


def test_what_goes_on_after_a_jam_makes_one_document_with_what_came_before(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, OTHER, (), aim=(ONE, "TP01", ""))
    sort_tray(tray)
    feed(tray, (), SHEET, aim=(ONE, "TP01", ""))
    sort_tray(tray)
    assert tray.pages()[1].group == tray.pages()[2].group != tray.pages()[3].group


def test_pages_assigned_before_their_sheets_were_read_stay_and_a_contradiction_is_told(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, SHEET, (), (), ())
    tray.assign(["0002", "0003"], dossier=ONE, component="TP09")
    tray.assign(["0004"], dossier=THREE, component="TP01")
    sort_tray(tray)
    assert [page.place[:2] for page in tray.pages()[1:]] == [(ONE, "TP09"), (ONE, "TP09"), (THREE, "TP01")]
    assert ready(tray) == {"0002": ONE, "0003": ONE}
    assert tray.pages()[0].is_dropped


def test_a_page_lay_behind_its_separator_wherever_the_clerk_moved_it_since(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, (), OTHER, (), aim=(ONE, "TP01", ""))
    tray.move(["0003"], "0001")
    sort_tray(tray)
    assert ready(tray) == {"0001": ONE, "0003": TWO}


def test_a_page_read_meanwhile_stays_where_it_was_read_for_when_an_edit_is_taken_back(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, (), aim=(ONE, "TP01", ""))
    tray.assign(["0001"], dossier=TWO)
    feed(tray, (), run=1, aim=(TWO, "TP01", ""))
    sort_tray(tray)
    assert tray.undo()
    assert ready(tray) == {"0001": ONE, "0002": TWO}


def test_who_looked_at_a_page_before_its_run_was_sorted_did_not_know_of_the_doubt(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, (), aim=(ONE, "TP01", ""))
    tray.record("0001", trouble="Ảnh mờ.")
    tray.settle(["0001"])
    sort_tray(tray)
    assert ready(tray) == {"0001": ONE}
    feed(tray, (SEEN_COVER,), (), aim=(ONE, "TP01", ""))
    sort_tray(tray)
    assert ready(tray) == {}, "the sheet that nobody could read may belong to the page before it"


def test_pages_that_lie_like_their_cover_are_turned_with_it(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, (*OTHER, f"{TURN}2"), (), (), (), (), sizes={2: (22, 16)})
    tray.record("0004", turn=1)
    tray.change("0005", turn=0)
    sort_tray(tray)
    assert [page.turn for page in tray.pages()] == [0, 2, 0, 1, 0]


def test_only_runs_that_were_not_sorted_are_sorted(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, (), aim=(THREE, "TP02", ""))
    assert [group.dossier for group in sort_tray(tray)] == [THREE]
    feed(tray, OTHER, (), run=1)
    feed(tray, None, run=2)
    groups = sort_tray(tray, ["0001", "0002", "0003"])  # the last one is being read
    assert [group.dossier for group in groups] == [TWO]
    assert [page.dossier[-1:] for page in tray.pages()] == ["3", "2", "2", ""]
    assert [page.aim for page in tray.pages()] == [None, None, None, NOWHERE]


# Whatever becomes of the pages, none is sent to a dossier that is not its own.

# What lies in the feeder, and how it is seen: a paper, a blank one, a separator that is read, one of which only the
# tag is seen, and either with the looking having failed.
LAID = st.tuples(
    st.sampled_from(["paper", "paper", "blank", "read", "read", "unread"]),
    st.sampled_from([ONE, TWO, THREE]),
    st.sampled_from([SheetKind.COVER, SheetKind.STICKER]),
    st.sampled_from([True, True, True, False]),
)
EDITS = st.tuples(
    st.sampled_from(["drop", "restore", "split", "move", "turn", "undo", "assign", "join", "settle", "sort", "reopen"]),
    st.sets(st.integers(1, 9), min_size=1, max_size=4),
    st.sampled_from([ONE, TWO, THREE]),
)


def _edited(tray: Tray, edit: tuple[str, set[int], str], decided: set[str]) -> Tray:
    """The clerk's edit; ``decided`` are pages for which a person answers since."""
    verb, numbers, dossier = edit
    there = {page.id for page in tray.pages()}
    ids = sorted(identity for identity in (f"{number:04d}" for number in numbers) if identity in there)
    if verb == "reopen":
        return Tray.open(tray.directory)
    if verb == "sort":
        sort_tray(tray)
    elif verb == "undo":
        tray.undo()
    elif verb == "assign" and ids:
        tray.assign(ids, dossier=dossier, component="TP01")
        tray.settle(ids)
        decided.update(ids)
    elif verb == "join" and ids:
        tray.join(ids)
        decided.update(ids)
    elif verb == "settle" and ids:
        tray.settle(ids)
        decided.update(page.id for page in tray.pages() if page.id in ids and page.aim is None)
    elif verb in ("drop", "restore") and ids:
        getattr(tray, verb)(ids)
    elif verb == "move" and ids:
        tray.move(ids[1:], ids[0])
    elif verb == "split" and ids:
        tray.split_before(ids[0])
    elif verb == "turn" and ids:
        tray.change(ids[0], turn=2)
    return tray


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    laid=st.lists(LAID, min_size=1, max_size=9),
    jam=st.integers(0, 9),
    aim=st.sampled_from([NOWHERE, (ONE, "TP01", "")]),
    before=st.lists(EDITS, max_size=3),
    between=st.lists(EDITS, max_size=5),
    after=st.lists(EDITS, max_size=3),
)
def test_no_page_of_a_dossier_is_ever_ready_for_another_unasked(
    laid: list[tuple[str, str, SheetKind, bool]],
    jam: int,
    aim: tuple[str, str, str],
    before: list[tuple[str, set[int], str]],
    between: list[tuple[str, set[int], str]],
    after: list[tuple[str, set[int], str]],
) -> None:
    truths: dict[str, str] = {}
    decided: set[str] = set()
    now = aim[0]
    with tempfile.TemporaryDirectory() as folder:
        tray = Tray.create(Path(folder))
        for part, edits in ((laid[:jam], between), (laid[jam:], after)):
            unseen = []
            for what, dossier, kind, is_seen in part:
                words: tuple[str, ...] = ()
                if what in ("read", "unread"):
                    now = dossier
                    seen = SEEN_COVER if kind is SheetKind.COVER else SEEN_STICKER
                    words = (seen,) if what == "unread" else (encode(Separator(kind, dossier, "TP01")), seen)
                added = tray.add(SMALL, aim=aim)
                truths[added.id] = now
                if is_seen:
                    unseen.append((added.id, words, what == "blank"))
            for edit in before:
                if edit[0] != "sort":  # nothing is sorted before it has been looked at
                    tray = _edited(tray, edit, decided)
            for identity, words, is_blank in unseen:
                values = {"marks": words, "is_blank": is_blank, "is_dropped": is_blank}
                tray.record(identity, is_seen=True, turn=0, **values)
            sort_tray(tray)
            for edit in edits:
                tray = _edited(tray, edit, decided)
        for page, dossier in ready(tray).items():
            assert page in decided or dossier == truths[page]
        waiting = {page.id for page in tray.pages() if page.doubt}
        assert waiting.isdisjoint(ready(tray))
