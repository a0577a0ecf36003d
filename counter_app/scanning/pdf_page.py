"""One page of a scanned document in a PDF: its layers, its hidden words, and the stamp of who scanned it."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pikepdf

from counter_app.scanning.mixed import Jpeg, Layers
from counter_app.scanning.ocr import Word
from printing.wording import local
from resources import read_bytes

if TYPE_CHECKING:
    from counter_app.scanning.pdfa import DocumentFacts

POINTS_PER_INCH: Final = 72
_MM: Final = POINTS_PER_INCH / 25.4
_STAMP_SIZE: Final = 7.0
_STAMP_COLOUR: Final = (0.1, 0.2, 0.55)
_HALF: Final = 0.5
"""Width of every hidden letter, in parts of its size."""


class PageWriter:
    """Adds pages to a document; what they share (the font of hidden words) is in it once."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self._document = document
        self._font: pikepdf.Object | None = None

    def add(self, layers: Layers, dpi: int, words: Iterable[Word], stamp: DocumentFacts | None) -> None:
        """A page of the size that the paper has."""
        width, height = (side * POINTS_PER_INCH / dpi for side in (layers.width, layers.height))
        pictures: dict[str, pikepdf.Object] = {}
        fonts: dict[str, pikepdf.Object] = {}
        drawn = [self._layers(pictures, layers, width, height, dpi)]
        hidden = hidden_text(words, height, dpi)
        if hidden:
            fonts["/F"] = self._hidden_font()
            drawn.append(hidden)
        if stamp is not None and stamp.scanned_by:
            pictures["/Stamp"], tall = self._stamp(stamp)
            drawn.append(f"q 1 0 0 1 0 {height - tall:.3f} cm /Stamp Do Q")
        resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(pictures))
        if fonts:
            resources.Font = pikepdf.Dictionary(fonts)
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=pikepdf.Array([0, 0, _number(width), _number(height)]),
            Resources=resources,
            Contents=self._document.make_stream("\n".join(drawn).encode("ascii")),
        )
        self._document.pages.append(pikepdf.Page(self._document.make_indirect(page)))

    def _layers(
        self, pictures: dict[str, pikepdf.Object], layers: Layers, width: float, height: float, dpi: int
    ) -> str:
        whole = f"{width:.3f} 0 0 {height:.3f} 0 0 cm"
        pictures["/Paper"] = self._jpeg(layers.paper)
        drawn = [f"q {whole} /Paper Do Q"]
        for number, ink in enumerate(layers.inks):
            pictures[f"/Ink{number}"] = self._mask(ink.mask, layers.width, layers.height)
            colour = " ".join(f"{part / 255:.3f}" for part in ink.colour)
            drawn.append(f"q {colour} rg {whole} /Ink{number} Do Q")
        scale = POINTS_PER_INCH / dpi
        for number, patch in enumerate(layers.patches):
            pictures[f"/Patch{number}"] = self._jpeg(patch.picture)
            left, top, right, bottom = patch.box
            box = ((right - left) * scale, (bottom - top) * scale, left * scale, height - bottom * scale)
            drawn.append("q {:.3f} 0 0 {:.3f} {:.3f} {:.3f} cm".format(*box) + f" /Patch{number} Do Q")
        return "\n".join(drawn)

    def _jpeg(self, picture: Jpeg) -> pikepdf.Object:
        return self._document.make_stream(
            picture.data,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=picture.width,
            Height=picture.height,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )

    def _mask(self, mask: bytes, width: int, height: int) -> pikepdf.Object:
        return self._document.make_stream(
            mask,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            ImageMask=True,
            BitsPerComponent=1,
            Filter=pikepdf.Name.CCITTFaxDecode,
            DecodeParms=pikepdf.Dictionary(K=-1, Columns=width, Rows=height),
        )

    def _hidden_font(self) -> pikepdf.Object:
        if self._font is None:
            self._font = _hidden_font(self._document)
        return self._font

    def _stamp(self, facts: DocumentFacts) -> tuple[pikepdf.Object, float]:
        """The stamp as a drawing, and how high it is."""
        with pikepdf.open(BytesIO(_stamp_pdf(facts))) as source:
            page = source.pages[0]
            height = float(page.mediabox[3])
            return self._document.copy_foreign(page.as_form_xobject()), height


def hidden_text(words: Iterable[Word], height: float, dpi: int) -> str:
    """The words as text that is found and copied but not seen, each over its picture; ``height`` in points."""
    scale = POINTS_PER_INCH / dpi
    found = [word for word in words if word.text]
    if not found:
        return ""
    bottoms: dict[int, int] = {}
    tops: dict[int, int] = {}
    for word in found:
        bottoms[word.line] = max(bottoms.get(word.line, 0), word.top + word.height)
        tops[word.line] = min(tops.get(word.line, word.top), word.top)
    drawn = ["BT 3 Tr /F 1 Tf"]
    for word, following in zip(found, [*found[1:], None], strict=True):
        size = max(1.0, (bottoms[word.line] - tops[word.line]) * scale)
        text = word.text
        wide = float(word.width)
        if following is not None and following.line == word.line and following.left > word.left + word.width:
            # The space belongs to the word before it, so that readers that go by it part the words as we do.
            text, wide = text + " ", float(following.left - word.left)
        codes = text.encode("utf-16-be")
        stretch = wide * scale / (len(codes) / 2 * _HALF)
        base = height - bottoms[word.line] * scale + 0.2 * size
        drawn.append(
            f"{max(stretch, 0.01):.3f} 0 0 {size:.3f} {word.left * scale:.3f} {base:.3f} Tm <{codes.hex()}> Tj"
        )
    drawn.append("ET")
    return "\n".join(drawn)


def _hidden_font(document: pikepdf.Pdf) -> pikepdf.Object:
    """A font whose every letter is the same empty one, half as wide as high; its codes are Unicode (UTF-16)."""
    name = pikepdf.Name("/GlyphLessFont")
    program = read_bytes("fonts", "hidden.ttf")
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor,
        FontName=name,
        Flags=5,
        FontBBox=pikepdf.Array([0, 0, 500, 1000]),
        ItalicAngle=0,
        Ascent=1000,
        Descent=-1,
        CapHeight=1000,
        StemV=80,
        FontFile2=document.make_stream(program, Length1=len(program)),
    )
    letters = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=pikepdf.Dictionary(
            Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
        ),
        FontDescriptor=document.make_indirect(descriptor),
        CIDToGIDMap=document.make_stream(b"\x00\x01" * 0x10000),
        DW=500,
    )
    return document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=name,
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=pikepdf.Array([document.make_indirect(letters)]),
            ToUnicode=document.make_stream(_TO_UNICODE),
        )
    )


# One range a high byte: a range may not run over the end of its last byte (ISO 32000-1, 9.10.3).
_TO_UNICODE: Final = (
    b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
    b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    b"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
    + b"".join(
        b"64 beginbfrange\n"
        + b"".join(b"<%02X00> <%02XFF> <%02X00>\n" % (high, high, high) for high in range(start, start + 64))
        + b"endbfrange\n"
        for start in range(0, 256, 64)
    )
    + b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
)


def _stamp_pdf(facts: DocumentFacts) -> bytes:
    """Name and time at the top left (01/2023/TT-VPCP art. 7), on a piece of paper as small as they are."""
    from reportlab.pdfgen.canvas import Canvas

    from printing import fonts

    fonts.register()
    at = local(facts.scanned_at)
    lines = (f"Người số hóa: {facts.scanned_by}", f"Thời gian: {at:%H:%M} {at:%d/%m/%Y}")
    height = (4 + 3 * len(lines)) * _MM
    out = BytesIO()
    canvas = Canvas(out, pagesize=(100 * _MM, height), invariant=1)
    canvas.setFillColorRGB(*_STAMP_COLOUR)
    canvas.setFont(fonts.REGULAR, _STAMP_SIZE)
    for number, line in enumerate(lines):
        canvas.drawString(5 * _MM, height - (6 + 3 * number) * _MM, line)
    canvas.save()
    return out.getvalue()


def _number(value: float) -> float:
    return round(value, 3)
