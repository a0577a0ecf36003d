"""Pages as a scanner of a commune reads them: Vietnamese text with its own letters known, then askew, noisy, blurred.

Everything is drawn from a seed. What lies on a page is known to the letter, so that a reading can be counted.
"""

from __future__ import annotations

import json
import lzma
import textwrap
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.people import make_person
from resources import read_bytes

A4_MM = (210, 297)
MM_PER_INCH = 25.4
SEAL_RED = (200, 30, 45)
PEN_BLUE = (35, 60, 170)
_FACES = {False: "fonts/Tinos-Regular.ttf", True: "fonts/Tinos-Bold.ttf"}


@dataclass(frozen=True, slots=True)
class Damage:
    """What paper and scanner do to a page. ``angle``: degrees clockwise; ``noise``: grey levels; ``blur``: pixels;
    ``specks``: grains of dust on the page; ``quality``: of the JPEG that the scanner gives."""

    angle: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    specks: int = 0
    shade: int = 0
    quality: int = 85


CLEAN = Damage()
ORDINARY = Damage(angle=0.4, noise=4, blur=0.5, specks=15, shade=12)
POOR = Damage(angle=3.0, noise=9, blur=0.9, specks=150, shade=45, quality=60)


@dataclass(frozen=True, slots=True)
class MadePage:
    """A page as JPEG and every word that is on it."""

    jpeg: bytes
    dpi: int
    text: str


def make_page(number: int, damage: Damage = ORDINARY, *, dpi: int = 200, sealed: bool = True) -> MadePage:
    """The page of this number: head, title, fields of a person, paragraphs; a red seal and a blue signature."""
    random = Random(number)
    image, text = draw_page(random, dpi, sealed=sealed)
    return MadePage(spoil(image, damage, random, dpi), dpi, text)


def draw_page(random: Random, dpi: int, *, sealed: bool) -> tuple[Image.Image, str]:
    """The page as it left the printer, and its text."""
    sheet = _Sheet(dpi)
    person = make_person(random)
    procedures = _procedures()
    sheet.line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, bold=True, centre=True)
    sheet.line("Độc lập - Tự do - Hạnh phúc", 13, bold=True, centre=True)
    sheet.skip(5)
    sheet.line("ĐƠN ĐỀ NGHỊ", 15, bold=True, centre=True)
    sheet.paragraph(random.choice(procedures)["name"], 13)
    sheet.skip(3)
    sheet.line(f"Họ và tên: {person.name}", 13)
    sheet.line(f"Số định danh cá nhân: {person.personal_number}", 13)
    sheet.line(f"Điện thoại: {person.phone}", 13)
    for number in range(1, 40):
        procedure = random.choice(procedures)
        names = "; ".join(part["name"] for part in procedure["components"][:3])
        if not sheet.paragraph(f"{number}. {procedure['name']}: {names}", random.choice((11, 12, 13))):
            break
    if sealed:
        sheet.seal(person.name)
    return sheet.image, sheet.text()


def spoil(image: Image.Image, damage: Damage, random: Random, dpi: int) -> bytes:
    """The page as the scanner gives it, JPEG."""
    scale = dpi / 200
    page = np.asarray(image.convert("RGB"))[:, :, ::-1].copy()
    height, width = page.shape[:2]
    source = np.random.default_rng(random.getrandbits(32))
    for _ in range(damage.specks):
        x, y = random.randrange(width), random.randrange(height)
        cv2.circle(page, (x, y), max(1, round(random.choice((0.4, 0.7, 1.0)) * scale)), (70, 70, 70), -1)
    if damage.angle:
        # A positive angle of OpenCV is counter-clockwise.
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -damage.angle, 1.0)
        page = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    if damage.blur:
        page = cv2.GaussianBlur(page, (0, 0), damage.blur * scale)
    spoiled = page.astype(np.float32)
    if damage.shade:
        spoiled *= 1 - damage.shade / 255 * np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    spoiled = spoiled * (245 / 255)
    if damage.noise:
        spoiled += source.normal(0, damage.noise, page.shape).astype(np.float32)
    out = BytesIO()
    Image.fromarray(np.clip(spoiled, 0, 255).astype(np.uint8)[:, :, ::-1]).save(
        out, "JPEG", quality=damage.quality, dpi=(dpi, dpi)
    )
    return out.getvalue()


def ordinary(number: int) -> Damage:
    """Damage that differs from page to page: askew by up to 5 degrees either way."""
    random = Random(number * 7919 + 1)
    return replace(
        ORDINARY,
        angle=random.uniform(-5, 5),
        noise=random.uniform(2, 7),
        blur=random.uniform(0.3, 0.8),
        specks=random.randrange(0, 80),
        shade=random.randrange(0, 30),
        quality=random.choice((70, 80, 90)),
    )


class _Sheet:
    """A sheet of paper that is written from the top down."""

    def __init__(self, dpi: int) -> None:
        self.dpi = dpi
        self.image = Image.new("RGB", (self._px(A4_MM[0]), self._px(A4_MM[1])), "white")
        self._draw = ImageDraw.Draw(self.image)
        self._top = 18.0
        self._lines: list[str] = []

    def text(self) -> str:
        return "\n".join(self._lines)

    def skip(self, mm: float) -> None:
        self._top += mm

    def line(self, text: str, points: int, *, bold: bool = False, centre: bool = False) -> None:
        font = _font(round(points * self.dpi / 72), bold=bold)
        left = (self.image.width - font.getlength(text)) / 2 if centre else self._px(25)
        self._draw.text((left, self._px(self._top)), text, "black", font=font)
        self._top += points * 0.48
        self._lines.append(text)

    def paragraph(self, text: str, points: int) -> bool:
        """False when it does not fit any more; it is then left out."""
        wrapped = textwrap.wrap(" ".join(text.split()), width=round(1000 / points))
        if self._top + len(wrapped) * points * 0.48 > A4_MM[1] - 70:
            return False
        for line in wrapped:
            self.line(line, points)
        return True

    def seal(self, name: str) -> None:
        """A round red seal with a blue signature across it, and the name of who signed."""
        centre = (self._px(150), self._px(250))
        for radius, width in ((18, 1.0), (12, 0.4)):
            box = [c + s * self._px(radius) for s in (-1, 1) for c in centre]
            self._draw.ellipse(box, outline=SEAL_RED, width=max(1, self._px(width)))
        star = [
            (centre[0] + self._px(r) * np.sin(k * np.pi / 5), centre[1] - self._px(r) * np.cos(k * np.pi / 5))
            for k, r in enumerate((5, 2) * 5)
        ]
        self._draw.polygon([(float(x), float(y)) for x, y in star], fill=SEAL_RED)
        stroke = [(centre[0] - self._px(22 - i), centre[1] + self._px(6 * np.sin(i * 0.9))) for i in range(40)]
        self._draw.line([(float(x), float(y)) for x, y in stroke], fill=PEN_BLUE, width=max(2, self._px(0.5)))
        self._top = 272
        font = _font(round(13 * self.dpi / 72), bold=True)
        self._draw.text((self._px(125), self._px(self._top)), name, "black", font=font)
        self._lines.append(name)

    def _px(self, mm: float) -> int:
        return round(mm * self.dpi / MM_PER_INCH)


@cache
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    folder, name = _FACES[bold].split("/")
    return ImageFont.truetype(BytesIO(read_bytes(folder, name)), size)


@cache
def _procedures() -> list[dict[str, Any]]:
    packed = files("resources").joinpath("catalogue", "procedures.json.xz").read_bytes()
    found: list[dict[str, Any]] = json.loads(lzma.decompress(packed))["procedures"]
    return [item for item in found if item["components"]]
