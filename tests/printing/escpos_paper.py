"""A receipt printer that understands what it is sent, byte by byte, and shows the paper that comes out.

Written from the command reference of ESC/POS, not from our renderer: any command that it does not know, a
picture wider than the head, or bytes left over stop it, as they would spoil a real slip.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import qrcode
from PIL import Image


@dataclass
class Paper:
    """What came out: strips and QR codes in their order, texts of the printer's own font, cuts."""

    head_dots: int
    pieces: list[Image.Image] = field(default_factory=list)
    strips: list[Image.Image] = field(default_factory=list)
    qr_texts: list[str] = field(default_factory=list)
    qr_modules: list[int] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    code_pages: list[int] = field(default_factory=list)
    fed_lines: int = 0
    cuts: int = 0
    started: bool = False

    def picture(self) -> Image.Image:
        """Strips and QR codes below each other, as they stand on the paper."""
        sheet = Image.new("1", (self.head_dots, sum(piece.height for piece in self.pieces)), 1)
        top = 0
        for piece in self.pieces:
            sheet.paste(piece, (0, top))
            top += piece.height
        return sheet

    def text_picture(self) -> Image.Image:
        """The raster strips alone."""
        sheet = Image.new("1", (self.head_dots, sum(strip.height for strip in self.strips)), 1)
        top = 0
        for strip in self.strips:
            sheet.paste(strip, (0, top))
            top += strip.height
        return sheet


def print_out(data: bytes, head_dots: int) -> Paper:
    """Feed *data* to a printer whose head is *head_dots* wide."""
    return _Machine(data, head_dots).run()


class _Machine:
    def __init__(self, data: bytes, head_dots: int) -> None:
        self._data = data
        self._at = 0
        self._paper = Paper(head_dots)
        self._align = 0
        self._text = bytearray()
        self._qr_module = 3
        self._qr_stored = b""

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        assert len(taken) == count, "the bytes end inside a command"
        self._at += count
        return taken

    def run(self) -> Paper:
        while self._at < len(self._data):
            byte = self._take(1)
            if byte == b"\x1b":
                self._escape(self._take(1))
            elif byte == b"\x1d":
                self._group(self._take(1))
            elif byte == b"\n":
                self._paper.texts.append(bytes(self._text))
                self._text.clear()
            else:
                assert byte[0] >= 0x20, f"unknown control byte {byte!r}"
                self._text += byte
        assert not self._text, "text without a line feed stays in the buffer"
        return self._paper

    def _escape(self, command: bytes) -> None:
        match command:
            case b"@":
                self._paper.started = True
            case b"a":
                self._align = self._take(1)[0] % 48
            case b"d":
                self._paper.fed_lines += self._take(1)[0]
            case b"t":
                self._paper.code_pages.append(self._take(1)[0])
            case b"E" | b"G" | b"M" | b"-" | b"{":
                self._take(1)
            case _:
                raise AssertionError(f"unknown command ESC {command!r}")

    def _group(self, command: bytes) -> None:
        match command:
            case b"v":
                self._raster()
            case b"(":
                self._two_dimensional()
            case b"V":
                kind = self._take(1)[0]
                if kind in (65, 66):
                    self._take(1)
                self._paper.cuts += 1
            case b"!":
                self._take(1)
            case _:
                raise AssertionError(f"unknown command GS {command!r}")

    def _raster(self) -> None:
        assert self._take(1) == b"0"
        assert self._take(1) in (b"\x00", b"0"), "stretched picture"
        row_bytes = int.from_bytes(self._take(2), "little")
        rows = int.from_bytes(self._take(2), "little")
        assert row_bytes * 8 <= self._paper.head_dots, "picture wider than the head"
        bits = self._take(row_bytes * rows)
        ink = Image.frombytes("1", (row_bytes * 8, rows), bits)
        strip = ink.point(lambda dot: 0 if dot else 255, mode="1")
        self._paper.strips.append(strip)
        self._paper.pieces.append(strip)

    def _two_dimensional(self) -> None:
        assert self._take(1) == b"k"
        body = self._take(int.from_bytes(self._take(2), "little"))
        assert body[0:1] == b"1", "not a QR command"
        function, rest = body[1], body[2:]
        if function == 67:
            self._qr_module = rest[0]
        elif function == 80:
            assert rest[0:1] == b"0"
            self._qr_stored = rest[1:]
        elif function == 81:
            self._print_qr()
        else:
            assert function in (65, 69), f"unknown QR function {function}"

    def _print_qr(self) -> None:
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
        code.add_data(self._qr_stored)
        code.make(fit=True)
        code.box_size = self._qr_module
        symbol = code.make_image().get_image().convert("1")
        assert code.modules_count * self._qr_module <= self._paper.head_dots, "QR wider than the head"
        piece = Image.new("1", (self._paper.head_dots, symbol.height), 1)
        left = (self._paper.head_dots - symbol.width) // 2 if self._align == 1 else 0
        piece.paste(symbol, (left, 0))
        self._paper.pieces.append(piece)
        self._paper.qr_texts.append(self._qr_stored.decode("utf-8"))
        self._paper.qr_modules.append(self._qr_module)
