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
from counter_app.rules.scan_sorting import PAPER, SEEN_COVER, SEEN_STICKER, TURN
from counter_app.scanning import marks
from counter_app.scanning.marks import marks_of, read_marks
from counter_app.scanning.model import ScanTrouble
from printing.separator_tags import COVER_TAG, STICKER_TAG
from tests.scanning import stack

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
