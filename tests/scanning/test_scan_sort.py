"""A stack through the feeder: what is read on its pages, and that each page ends where it belongs."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from counter_app.rules.scan_sheets import Separator, SheetKind, encode
from counter_app.rules.scan_sorting import PAPER, SEEN_COVER, SEEN_STICKER, TURN, Target
from counter_app.scanning import marks
from counter_app.scanning.marks import marks_of, read_marks
from counter_app.scanning.model import ReadPage, ScanTrouble
from counter_app.scanning.sorting import sort_tray
from counter_app.scanning.tray import Tray
from printing.separator_tags import COVER_TAG, STICKER_TAG
from tests.scanning import stack
from tests.scanning.scan_samples import picture

COVER = Separator(SheetKind.COVER, "H15.36-260205-0001", component="TP01", number=2, total=5)
STICKER = replace(COVER, kind=SheetKind.STICKER)


def gray(image: np.ndarray, scale: float = 1.0) -> np.ndarray:
    shades = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_BGR2GRAY)
    return cv2.resize(shades, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def cover(paper: str = "A4") -> np.ndarray:
    return stack._cover(COVER, paper)


def with_sticker(way: str, seed: int = 1) -> np.ndarray:
    return stack._with_sticker(stack._on_a4(stack._register(2)), STICKER, way, random.Random(seed))


# A stack as it is.


@pytest.mark.parametrize(
    "plan",
    [
        stack.Plan(dossiers=6, seed=11, spoilt=1, most_components=2, most_pages=2),
        stack.Plan(dossiers=3, seed=12, spoilt=1, most_components=2, most_pages=1, duplex=True),
    ],
    ids=["one side", "both sides"],
)
def test_every_page_of_a_stack_ends_where_it_belongs(plan: stack.Plan, tmp_path: Path) -> None:
    outcome = stack.run(stack.make_stack(plan), tmp_path)
    assert outcome.misplaced() == []
    assert sum(not group.is_ready for group in outcome.groups) in (1, 2)  # the spoilt one, and that before it
    assert len({group.dossier for group in outcome.groups if group.is_ready}) > 1


def test_a_page_in_the_wrong_group_would_be_noticed(tmp_path: Path) -> None:
    plan = stack.Plan(dossiers=2, seed=13, most_components=1, most_pages=1)
    outcome = stack.run(stack.make_stack(plan), tmp_path)
    assert outcome.misplaced() == []
    outcome.truths[-1] = replace(outcome.truths[-1], dossier="H15.36-260205-0009")
    assert outcome.misplaced() != []


# What is read on one page.


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("paper", ["A4", "A5"])
def test_a_cover_sheet_is_read_whichever_way_it_lies(paper: str, turn: int, dpi: int) -> None:
    lying = gray(np.rot90(cover(paper), turn), dpi / stack.DPI)  # counterclockwise
    expected = (encode(COVER), SEEN_COVER, *([f"{TURN}{turn}"] if turn else []))
    assert marks_of(lying, dpi) == expected


@pytest.mark.parametrize("angle", [-5.0, 3.3, 5.0])
@pytest.mark.parametrize("way", ["label", "thermal"])
def test_a_sticker_is_read_on_a_skewed_page(way: str, angle: float) -> None:
    page = gray(stack._rotated(with_sticker(way), angle))
    assert marks_of(page, stack.DPI) == (encode(STICKER), SEEN_STICKER)


def test_black_and_white_scans_are_read_too() -> None:
    page = np.where(gray(stack._rotated(with_sticker("label"), 2)) > 140, 255, 0).astype(np.uint8)
    assert marks_of(page, stack.DPI) == (encode(STICKER), SEEN_STICKER)


@pytest.mark.parametrize("make", [cover, partial(with_sticker, "label"), partial(with_sticker, "thermal")])
def test_a_separator_is_known_for_one_when_no_code_on_it_can_be_read(make: partial[np.ndarray]) -> None:
    whole = make()
    seen = SEEN_COVER if make is cover else SEEN_STICKER
    assert marks_of(gray(stack._without_codes(whole, random.Random(1))), stack.DPI) == (seen,)


def test_a_torn_half_of_a_sheet_is_enough() -> None:
    page = cover()
    for half in (page[: page.shape[0] // 2], page[page.shape[0] // 2 :]):
        assert marks_of(gray(half), stack.DPI) == (encode(COVER), SEEN_COVER)


def test_pale_toner_dirt_and_a_blunt_lens_are_tried_in_other_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    page = gray(with_sticker("label"))
    noise = np.random.default_rng(3).normal(0, 40, page.shape)
    poor = np.clip(cv2.GaussianBlur(page, (0, 0), 1.8).astype(float) * 0.35 + 150 + noise * 0.5, 0, 255).astype(
        np.uint8
    )
    assert marks_of(poor, stack.DPI) == (encode(STICKER), SEEN_STICKER)
    monkeypatch.setattr(marks, "_views", lambda page, sharp: iter(()))
    assert marks_of(poor, stack.DPI) == (SEEN_STICKER,)  # so it was the other ways that read it


def test_a_page_without_marks_is_not_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(page: np.ndarray, sharp: np.ndarray) -> None:
        raise AssertionError("looked at again")

    monkeypatch.setattr(marks, "_views", fail)
    assert marks_of(gray(stack._on_a4(stack._register(3))), stack.DPI) == ()
    assert marks_of(gray(cover()), stack.DPI) == (encode(COVER), SEEN_COVER)


def test_a_damaged_payload_is_a_sheet_that_was_not_read() -> None:
    page = stack._on_a4(stack._register(1))
    code = stack._code_picture(encode(COVER)[:-1] + "G")
    page[300 : 300 + code.shape[0], 900 : 900 + code.shape[1]] = code[:, :, None]
    assert marks_of(gray(page), stack.DPI) == (SEEN_COVER,)


def test_the_qr_of_an_identity_card_leaves_no_trace_and_that_of_a_receipt_its_code() -> None:
    page = stack._on_a4(stack._receipt("H15.36-260205-0007"))
    code = stack._code_picture(stack.CARD_QR)
    page[1800 : 1800 + code.shape[0], 900 : 900 + code.shape[1]] = code[:, :, None]
    found = marks_of(gray(page), stack.DPI)
    assert found == (f"{PAPER}H15.36-260205-0007",)


def test_the_tags_on_paper_are_those_that_are_looked_for() -> None:
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    for number, seen in marks.TAGS.items():
        cells = cv2.aruco.generateImageMarker(family, number, 8, borderBits=1)
        rows = tuple("".join("." if cell else "#" for cell in row) for row in cells)
        assert rows == {SEEN_COVER: COVER_TAG, SEEN_STICKER: STICKER_TAG}[seen]


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0 no picture"])
def test_an_image_that_cannot_be_opened_is_told(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "Hồ sơ.jpg"
    path.write_bytes(data)
    with pytest.raises(ScanTrouble) as trouble:
        read_marks(path, 200)
    assert trouble.value.kind == "bad_page"
    assert "Hồ sơ.jpg" in trouble.value.message


def test_an_image_in_a_folder_with_vietnamese_letters_is_read(tmp_path: Path) -> None:
    path = tmp_path / "Khay quét" / "0001.png"
    path.parent.mkdir()
    path.write_bytes(cv2.imencode(".png", cover())[1].tobytes())
    assert read_marks(path, stack.DPI) == (encode(COVER), SEEN_COVER)


# Sorting a tray.


def tray_of(folder: Path, *kept: tuple[str, ...], sizes: dict[int, tuple[int, int]] | None = None) -> Tray:
    """A tray of small pages with these marks."""
    tray = Tray.create(folder)
    for number, words in enumerate(kept):
        added = tray.add(ReadPage(picture(number, size=(sizes or {}).get(number, (16, 22))), 200))
        tray.record(added.id, marks=words)
    return tray


SHEET = (encode(COVER), SEEN_COVER)
OTHER = (encode(replace(COVER, dossier="H15.36-260205-0002", number=1, total=1)), SEEN_COVER)


def test_groups_become_documents_of_the_tray_in_one_step(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, OTHER, (), SHEET, (), ())
    before = tray.pages()
    groups = sort_tray(tray)
    assert [group.pages for group in groups] == [("0002",), ("0004", "0005")]
    pages = {page.id: page for page in Tray.open(tray.directory).pages()}
    assert [page.is_dropped for page in pages.values()] == [True, False, True, False, False]
    assert pages["0002"].group != pages["0004"].group == pages["0005"].group
    assert (pages["0002"].dossier, pages["0002"].component) == ("H15.36-260205-0002", "TP01")
    assert tray.undo()
    assert tray.pages() == before
    assert not tray.undo()


def test_what_waits_is_told_on_its_first_page(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, OTHER, (), (), (SEEN_COVER,), ())
    tray.record("0004", trouble="Ảnh mờ.")
    sort_tray(tray)
    troubles = [page.trouble for page in tray.pages()]
    assert [bool(trouble) for trouble in troubles] == [False, True, False, True, False]
    assert troubles[3].startswith("Ảnh mờ. ")
    assert not tray.pages()[3].is_dropped
    assert tray.pages()[4].dossier == ""
    sort_tray(tray)
    assert [page.trouble for page in tray.pages()] == troubles


def test_pages_that_lie_like_their_cover_are_turned_with_it(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, (*OTHER, f"{TURN}2"), (), (), (), sizes={2: (22, 16)})
    tray.record("0004", turn=1)
    sort_tray(tray)
    assert [page.turn for page in tray.pages()] == [0, 2, 0, 1]


def test_only_the_pages_of_one_run_are_sorted(tmp_path: Path) -> None:
    tray = tray_of(tmp_path, (), OTHER, ())
    tray.assign(["0001"], dossier="H15.36-260205-0003", component="TP02")
    groups = sort_tray(tray, Target("H15.36-260205-0004", component="TP03"), ["0002", "0003"])
    assert [group.dossier for group in groups] == ["H15.36-260205-0002"]
    assert [page.dossier[-1] for page in tray.pages()] == ["3", "2", "2"]
    with pytest.raises(KeyError):
        sort_tray(tray, page_ids=["0002", "0099"])
