"""A stack of dossiers as a feeder reads it, with the truth about each page; all of it drawn from a seed.

``python -m tests.scanning.stack --dossiers 20 --seed 1`` scans one into a tray, sorts it and tells what went where.
Sheets and papers are the product's own prints; skew, noise, specks, streaks, pale toner, blank backs, dossiers lying
upside down and stickers put on by hand are added. ``--spoilt`` separators have every QR on them destroyed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import zxingcpp

from counter_app.rules.calendar import VIETNAM
from counter_app.rules.scan_sheets import Separator, SheetKind, encode
from counter_app.rules.scan_sorting import SortedGroup
from counter_app.scanning import cleanup
from counter_app.scanning.marks import read_marks
from counter_app.scanning.model import ReadPage
from counter_app.scanning.sorting import sort_tray
from counter_app.scanning.tray import Tray
from printing.content import ComponentLine, Letterhead, ReceiptContent, RegisterContent, RegisterRow
from printing.content.separators import SeparatorContent
from printing.forms import form_set_for, render
from printing.forms.separators import render_covers, render_stickers
from printing.sticker_picture import sticker_picture

DPI = 200
A4 = (2339, 1654)
HEAD = Letterhead("UBND XÃ EA KAO", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", "125", "Ea Kao", date(2026, 2, 5))
CARD_QR = "066190012345|231234567|H' Ngăm Niê Kdăm|01011990|Nữ|Buôn Akõ Dhông, xã Ea Kao|01012022"
NAMES = ("Tờ khai theo mẫu", "Giấy chứng sinh", "Văn bản cử người giám hộ", "Giấy tờ chứng minh nơi cư trú")
MOMENT = datetime(2026, 2, 5, 8, 30, tzinfo=VIETNAM)
FORM_SET = form_set_for(date(2026, 2, 5))
SEPARATORS = ("cover A4", "cover A5", "label", "thermal")


@dataclass(frozen=True)
class Truth:
    """What a page is. ``role``: sheet, back (of a sheet), page or blank; ``is_spoilt``: a separator without a QR."""

    role: str
    dossier: str
    component: str
    is_spoilt: bool = False


@dataclass(frozen=True)
class StackPage:
    """A page as the scanner gives it, JPEG, and the truth about it."""

    jpeg: bytes
    truth: Truth


@dataclass(frozen=True)
class Plan:
    """``spoilt``: how many separators lose every QR."""

    dossiers: int
    seed: int
    duplex: bool = False
    spoilt: int = 0
    most_components: int = 4
    most_pages: int = 4


def make_stack(plan: Plan) -> Iterator[StackPage]:
    """The pages of a stack, one by one: a stack of twenty dossiers does not fit into memory."""
    rng = random.Random(plan.seed)
    dossiers = [f"H15.36-260205-{number + 1:04d}" for number in range(plan.dossiers)]
    counts = [rng.randint(1, plan.most_components) for _ in dossiers]
    spoilt = set(rng.sample(range(sum(counts)), plan.spoilt))
    number = 0
    for dossier, count in zip(dossiers, counts, strict=True):
        look = _Look(rng, is_upside_down=rng.random() < 0.2)
        way = rng.choice(SEPARATORS)
        for at in range(count):
            component = f"TP{at + 1:02d}"
            kind = SheetKind.COVER if way.startswith("cover") else SheetKind.STICKER
            separator = Separator(kind, dossier, component=component, number=at + 1, total=count)
            yield from _document(plan, rng, look, way, separator, is_spoilt=number in spoilt)
            number += 1


@dataclass
class _Look:
    rng: random.Random
    is_upside_down: bool

    def scanned(self, sheet: np.ndarray) -> bytes:
        """A sheet as it comes out of the scanner."""
        return _scanned(np.rot90(sheet, 2) if self.is_upside_down else sheet, self.rng)


def _document(
    plan: Plan, rng: random.Random, look: _Look, way: str, separator: Separator, *, is_spoilt: bool
) -> Iterator[StackPage]:
    """A separator and the pages of one component."""
    truth = Truth("page", separator.dossier, separator.component)
    papers = [_paper(rng, separator.dossier) for _ in range(rng.randint(1, plan.most_pages))]
    if separator.kind is SheetKind.COVER:
        sheet = _cover(separator, way.removeprefix("cover "))
        sheet = _without_codes(sheet, rng) if is_spoilt else _used(sheet, rng)
        yield StackPage(look.scanned(sheet), replace(truth, role="sheet", is_spoilt=is_spoilt))
        if plan.duplex:
            yield StackPage(look.scanned(_blank()), replace(truth, role="back"))
    else:
        papers[0] = _with_sticker(papers[0], separator, way, rng)
        if is_spoilt:
            papers[0] = _without_codes(papers[0], rng)
    for at, paper in enumerate(papers):
        begins = at == 0 and separator.kind is SheetKind.STICKER
        yield StackPage(look.scanned(paper), replace(truth, is_spoilt=is_spoilt and begins))
        if plan.duplex or rng.random() < 0.1:
            yield StackPage(look.scanned(_blank()), replace(truth, role="blank"))


@cache
def _printed(pdf: bytes, page: int = 0) -> np.ndarray:
    document = pypdfium2.PdfDocument(pdf)
    image = np.array(document[page].render(scale=DPI / 72).to_pil().convert("RGB"))[:, :, ::-1]
    document.close()
    return image


def _on_a4(image: np.ndarray) -> np.ndarray:
    """A print on the glass of the scanner, turned where it is wider than high."""
    upright = np.rot90(image) if image.shape[1] > image.shape[0] else image
    sheet = _blank()
    height, width = min(upright.shape[0], A4[0]), min(upright.shape[1], A4[1])
    sheet[:height, :width] = upright[:height, :width]
    return sheet


def _blank() -> np.ndarray:
    return np.full((*A4, 3), 255, np.uint8)


def _cover(separator: Separator, paper: Any) -> np.ndarray:
    return _on_a4(_printed(render_covers([_content(separator)], paper)))


def _content(separator: Separator) -> SeparatorContent:
    return SeparatorContent(
        payload=encode(separator),
        dossier_code=separator.dossier,
        paper_name=NAMES[separator.number % len(NAMES)],
        paper_code=separator.component,
        applicant_name="H' Ngăm Niê Kdăm",
        place=f"{separator.number}/{separator.total}",
    )


def _paper(rng: random.Random, dossier: str) -> np.ndarray:
    """A paper of the dossier: one with a QR of ours, one with that of an identity card, or one without any."""
    match rng.randrange(3):
        case 0:
            return _on_a4(_receipt(dossier))
        case 1:
            sheet = _on_a4(_register(rng.randrange(4)))
            code = _code_picture(CARD_QR)
            sheet[300 : 300 + code.shape[0], 900 : 900 + code.shape[1]] = code[:, :, None]
            return sheet
        case _:
            return _on_a4(_register(rng.randrange(4)))


def _code_picture(text: str) -> np.ndarray:
    made: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(scale=3)
    return np.array(made, np.uint8)


@cache
def _receipt(dossier: str) -> np.ndarray:
    return _printed(
        render(
            ReceiptContent(
                letterhead=HEAD,
                dossier_code=dossier,
                procedure_code="1.004837",
                procedure_name="Thủ tục đăng ký giám hộ",
                applicant_name="H' Ngăm Niê Kdăm",
                received_at=MOMENT,
                receiver_name="Nguyễn Thị Bích Ngọc",
                issued_at=MOMENT,
                components=tuple(ComponentLine(name, 1, 0) for name in NAMES),
                due=MOMENT + timedelta(days=5),
                lookup_url=f"https://tracuu.example.vn/ho-so?ma={dossier}",
            ),
            FORM_SET,
        )
    )


@cache
def _register(variant: int) -> np.ndarray:
    rows = tuple(
        RegisterRow(
            number=number,
            dossier_code=f"H15.36-260205-{number:04d}",
            procedure_name="Thủ tục đăng ký giám hộ",
            applicant_name="Nguyễn Thị Dung",
            received_at=MOMENT,
            address="Buôn Akõ Dhông, xã Ea Kao",
            due=MOMENT + timedelta(days=5),
        )
        for number in range(1, 4 + 3 * variant)
    )
    volume = RegisterContent(letterhead=HEAD, field_name="Hộ tịch", year=2026, volume="02/2026", rows=rows)
    return _printed(render(volume, FORM_SET))


def _with_sticker(paper: np.ndarray, separator: Separator, way: str, rng: random.Random) -> np.ndarray:
    """The first page with its sticker, put on by hand somewhere at the top: a little askew, not always whole."""
    if way == "label":
        sticker = _printed(render_stickers([_content(separator)]))
    else:
        dots = np.array(sticker_picture(_content(separator), rng.choice((384, 576))).convert("RGB"))
        sticker = cv2.resize(dots, None, fx=DPI / 203, fy=DPI / 203, interpolation=cv2.INTER_AREA)
    turned = _rotated(sticker, rng.uniform(-8, 8))
    made = paper.copy()
    top, left = rng.randint(60, 1800), rng.randint(60, A4[1] - turned.shape[1] - 60)
    made[top : top + turned.shape[0], left : left + turned.shape[1]] = turned
    return made


def _without_codes(sheet: np.ndarray, rng: random.Random) -> np.ndarray:
    """Every code of ours crossed out with a felt pen, the tags left as they are."""
    made = np.ascontiguousarray(sheet)
    codes = zxingcpp.read_barcodes(made, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    for code in (code for code in codes if code.text.startswith("QMC1:")):
        place = code.position
        quad = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        corners = [(point.x, point.y) for point in quad]
        side = abs(corners[1][0] - corners[0][0])
        for one, other in ((0, 2), (1, 3)):
            cv2.line(made, corners[one], corners[other], (40, 30, 30), max(8, side // rng.randint(6, 8)))
    return made


def _used(sheet: np.ndarray, rng: random.Random) -> np.ndarray:
    """A sheet that has seen better days: one corner torn off, a coffee stain, pale toner, or whole."""
    made = np.ascontiguousarray(sheet).copy()
    match rng.randrange(5):
        case 0:
            cv2.fillPoly(made, [np.array([[0, 0], [700, 0], [0, 900]])], (90, 90, 90))
        case 1:
            centre = (rng.randint(300, 1300), rng.randint(300, 2000))
            cv2.circle(made, centre, 260, (60, 90, 120), 40)
        case 2:
            made = (255 - (255 - made.astype(np.uint16)) * 45 // 100).astype(np.uint8)
    return made


def _scanned(sheet: np.ndarray, rng: random.Random) -> bytes:
    """Skew of up to five degrees, tinted paper, light that falls off, noise, specks, a streak; as JPEG."""
    page = _rotated(np.ascontiguousarray(sheet), rng.uniform(-5, 5))
    page = page[(page.shape[0] - A4[0]) // 2 :, (page.shape[1] - A4[1]) // 2 :][: A4[0], : A4[1]]
    light = np.linspace(rng.uniform(0.9, 1), rng.uniform(0.9, 1), A4[0], dtype=np.float32)[:, None, None]
    tint = np.array([rng.uniform(0.94, 1) for _ in range(3)], np.float32)
    noise = np.zeros((*A4, 3), np.int8)
    cv2.setRNGSeed(rng.randrange(2**31))
    cv2.randn(noise, 0, rng.uniform(2, 8))
    noisy = np.clip(page * (light * tint) + noise, 0, 255).astype(np.uint8)
    for _ in range(rng.randint(0, 60)):
        cv2.circle(noisy, (rng.randrange(A4[1]), rng.randrange(A4[0])), 0, (60, 60, 60), -1)
    if rng.random() < 0.15:
        across = rng.randrange(A4[1])
        cv2.line(noisy, (across, 0), (across, A4[0]), (110, 110, 110), rng.randint(1, 3))
    _, jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(60, 90)])
    return jpeg.tobytes()


def _rotated(image: np.ndarray, degrees: float) -> np.ndarray:
    """Turned about its middle, on a sheet large enough for all of it."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    room = (int(height * sin + width * cos) + 1, int(height * cos + width * sin) + 1)
    matrix[:, 2] += (room[0] - width) / 2, (room[1] - height) / 2
    return cv2.warpAffine(image, matrix, room, flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255))


@dataclass
class Outcome:
    """What a run gave. ``seconds``: of one core, to read the marks of each page and to decode its image."""

    truths: list[Truth]
    groups: tuple[SortedGroup, ...]
    ids: list[str]
    blank: set[str] = field(default_factory=set)
    """Pages that were judged blank: a streak on a blank back is content for all that anybody knows."""
    seconds: list[float] = field(default_factory=list)

    @property
    def blank_wrong(self) -> int:
        """How many pages were judged blank and are not, or the other way round."""
        truly = {page for page, truth in zip(self.ids, self.truths, strict=True) if truth.role in ("blank", "back")}
        return len(truly ^ self.blank)

    def misplaced(self) -> list[str]:
        """What is not where it belongs, in words; empty when all is well."""
        of = {page: group for group in self.groups for page in (*group.pages, *group.dropped)}
        truths = dict(zip(self.ids, self.truths, strict=True))
        unread = {(truth.dossier, truth.component) for truth in self.truths if truth.is_spoilt}
        wrong = []
        for page, truth in truths.items():
            group = of[page]
            is_known = (truth.dossier, truth.component) not in unread
            told = (truth.dossier, truth.component) if is_known else ("", "")
            if (group.dossier, group.component) != told:
                wrong.append(f"{page}: {truth} lies with {group.dossier or '?'} {group.component or '?'}")
            is_sheet = truth.role == "sheet" or (truth.role == "back" and page in self.blank)
            if (page in group.dropped) != (is_known and is_sheet):
                wrong.append(f"{page}: {truth} dropped or kept wrongly")
            if not is_known and group.is_ready:
                wrong.append(f"{page}: {truth} would be attached unseen")
        for group in self.groups:
            where = {(truths[page].dossier, truths[page].component) for page in group.pages}
            if len(where) > 1:
                wrong.append(f"pages of {sorted(where)} run together")
        for before, group in zip(self.groups, self.groups[1:], strict=False):
            if not group.dossier and before.is_ready:
                wrong.append(f"the group before the unread one at {group.pages[0]} would be attached unseen")
        return wrong


def run(pages: Iterator[StackPage] | Sequence[StackPage], folder: Path) -> Outcome:
    """Scan a stack into a tray under *folder*, look at each page, and sort."""
    tray = Tray.create(folder)
    outcome = Outcome([], (), [])
    for page in pages:
        added = tray.add(ReadPage(page.jpeg, DPI), aim=("", "", ""))
        path = tray.image_path(added.id)
        begun = time.thread_time()
        marks = read_marks(path, DPI)
        outcome.seconds.append(time.thread_time() - begun)
        is_blank = not marks and cleanup.analyse(path, DPI).is_blank
        if is_blank:
            outcome.blank.add(added.id)
        tray.record(added.id, marks=marks, is_blank=is_blank, is_seen=True)
        outcome.truths.append(page.truth)
        outcome.ids.append(added.id)
    outcome.groups = sort_tray(tray)
    return outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Scan one stack and tell what became of it; 1 when anything is not where it belongs."""
    parser = argparse.ArgumentParser(prog="python -m tests.scanning.stack", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--duplex", action="store_true")
    parser.add_argument("--spoilt", type=int, default=0)
    given = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory(prefix="stack") as folder:
        outcome = run(make_stack(Plan(given.dossiers, given.seed, given.duplex, given.spoilt)), Path(folder))
    wrong = outcome.misplaced()
    milliseconds = sorted(1000 * seconds for seconds in outcome.seconds)
    report = {
        "pages": len(outcome.ids),
        "groups": len(outcome.groups),
        "ready": sum(group.is_ready for group in outcome.groups),
        "waiting": sum(not group.is_ready for group in outcome.groups),
        "blank_wrong": outcome.blank_wrong,
        "misplaced": len(wrong),
        "ms_median": round(milliseconds[len(milliseconds) // 2], 1),
        "ms_95": round(milliseconds[int(len(milliseconds) * 0.95)], 1),
        "ms_worst": round(milliseconds[-1], 1),
    }
    sys.stdout.write(json.dumps(report) + "\n" + "".join(f"{line}\n" for line in wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
