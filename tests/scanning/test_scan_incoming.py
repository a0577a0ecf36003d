"""Files that somebody hands in: each that is no paper is refused in words, in bounded time, and stays as it was."""

from __future__ import annotations

import struct
import sys
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from counter_app.errors import UserError
from counter_app.scanning.incoming import IncomingLimits, check_incoming

SECONDS = 25.0
"""What the longest refusal may take: the limit on looking, and the start of a process on a busy machine."""


Change = Callable[[pikepdf.Pdf], None]


def pdf_bytes(change: Change = lambda document: None, pages: int = 1, **options: object) -> bytes:
    document = pikepdf.Pdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    change(document)
    out = BytesIO()
    document.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def picture_bytes(kind: str, size: tuple[int, int] = (200, 300), pages: int = 1) -> bytes:
    image = Image.effect_noise(size, 60).convert("RGB")
    out = BytesIO()
    more = {"save_all": True, "append_images": [image] * (pages - 1)} if pages > 1 else {}
    image.save(out, kind, **more)
    return out.getvalue()


def refusal(path: Path, data: bytes, limits: IncomingLimits | None = None) -> UserError:
    """How a file is refused; it must be there as it was, and the refusal in time."""
    path.write_bytes(data)
    began = time.monotonic()
    with pytest.raises(UserError) as caught:
        check_incoming(path, limits)
    assert time.monotonic() - began < SECONDS
    assert path.read_bytes() == data
    assert path.name in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    ("name", "data", "kind", "pages"),
    [
        ("Đơn đề nghị.pdf", pdf_bytes(pages=3), "pdf", 3),
        ("ảnh.jpg", picture_bytes("JPEG"), "jpeg", 1),
        ("ảnh.png", picture_bytes("PNG"), "png", 1),
        ("fax.tif", picture_bytes("TIFF", pages=4), "tiff", 4),
        ("sai đuôi.pdf", picture_bytes("JPEG"), "jpeg", 1),
        ("lời đầu.pdf", b"HTTP junk\n" + pdf_bytes(), "pdf", 1),
    ],
)
def test_papers_are_taken_for_what_they_are(tmp_path: Path, name: str, data: bytes, kind: str, pages: int) -> None:
    (tmp_path / name).write_bytes(data)
    found = check_incoming(tmp_path / name)
    assert (found.kind, found.pages) == (kind, pages)


@pytest.mark.parametrize("head", [b"MZ\x90\x00", b"\x7fELF\x02", b"#!/bin/sh\n", b"L\x00\x00\x00\x01\x14\x02\x00"])
def test_a_program_called_pdf_is_refused_even_with_a_pdf_inside(tmp_path: Path, head: bytes) -> None:
    assert refusal(tmp_path / "hoa-don.pdf", head + pdf_bytes()).kind == "file_executable"


@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(200), "chỉ là chữ".encode(), b"\x00" * 5000])
def test_what_is_neither_pdf_nor_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    assert refusal(tmp_path / "giay-to.pdf", data).kind == "file_not_document"


def test_nothing_and_too_much_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "rong.pdf", b"").kind == "file_empty"
    assert refusal(tmp_path / "to.pdf", pdf_bytes() + bytes(2 << 20), IncomingLimits(max_mb=1)).kind == "file_too_large"
    with pytest.raises(UserError) as caught:
        check_incoming(tmp_path / "không có.pdf")
    assert caught.value.kind == "file_missing"


def test_a_password_is_told(tmp_path: Path) -> None:
    locked = pdf_bytes(encryption=pikepdf.Encryption(owner="chủ", user="khóa"))
    found = refusal(tmp_path / "khoa.pdf", locked)
    assert found.kind == "file_locked"
    assert "mật khẩu" in found.message


def test_a_pdf_that_only_restricts_is_taken_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(pdf_bytes(encryption=pikepdf.Encryption(owner="chủ", user="")))
    found = check_incoming(tmp_path / "x.pdf")
    assert found.pages == 1
    assert "hạn chế quyền" in found.warnings[0]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_file_that_was_cut_is_told(tmp_path: Path, share: float) -> None:
    whole = pdf_bytes(pages=30)
    assert refusal(tmp_path / "cat.pdf", whole[: int(len(whole) * share)]).kind == "file_cut"
    for kind in ("JPEG", "PNG", "TIFF"):
        whole = picture_bytes(kind)
        found = refusal(tmp_path / f"cat-{kind}", whole[: int(len(whole) * share)])
        assert found.kind in ("file_cut", "file_damaged"), kind


def test_ten_thousand_pages(tmp_path: Path) -> None:
    found = refusal(tmp_path / "sach.pdf", pdf_bytes(pages=10_000))
    assert found.kind == "file_too_many_pages"
    assert "10000 trang" in found.message
    assert refusal(tmp_path / "x.tif", picture_bytes("TIFF", (8, 8), pages=9), IncomingLimits(max_pages=8)).kind == (
        "file_too_many_pages"
    )


def test_pages_that_breed_pages(tmp_path: Path) -> None:
    """A tree of pages in which each branch is used again and again: thirty objects, a billion pages."""

    def breed(document: pikepdf.Pdf) -> None:
        branch = document.make_indirect(document.pages[0].obj)
        for _ in range(30):
            branch = document.make_indirect(
                pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=1, Kids=pikepdf.Array([branch, branch]))
            )
        document.Root.Pages = branch

    document = pikepdf.Pdf.new()
    document.add_blank_page()
    breed(document)
    path = tmp_path / "cay.pdf"
    document.save(path)
    assert refusal(path, path.read_bytes(), IncomingLimits(seconds=8)).kind in (
        "file_bomb", "file_damaged", "file_too_many_pages",
    )  # fmt: skip


def png_of(width: int, height: int) -> bytes:
    """A picture that is small on the disk and says to be large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = bytes(1 + (width + 7) // 8)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * 50)) + chunk(b"IEND", b"")


def tiff_of(width: int, height: int) -> bytes:
    entries = [(256, 4, width), (257, 4, height), (258, 3, 1), (259, 3, 1), (262, 3, 0), (273, 4, 8), (279, 4, 10)]
    packed = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\x00" + struct.pack("<IH", 8, len(entries)) + packed + bytes(4)


def huge_picture(document: pikepdf.Pdf) -> None:
    document.pages[0].Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(
            Im=document.make_stream(
                b"x", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=100_000, Height=100_000,
                ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8, Filter=pikepdf.Name.FlateDecode,
            )
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("to.png", png_of(100_000, 100_000)),
        ("to.tif", tiff_of(100_000, 100_000)),
        ("to.pdf", pdf_bytes(huge_picture)),
        ("khổ.pdf", pdf_bytes(lambda document: setattr(document.pages[0], "mediabox", [0, 0, 100_000, 100_000]))),
    ],
)
def test_a_hundred_thousand_pixels_square(tmp_path: Path, name: str, data: bytes) -> None:
    found = refusal(tmp_path / name, data)
    assert found.kind == "file_too_many_pixels"
    assert "100000 × 100000" in found.message


def test_a_stream_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(400)) + packer.flush()

    def swell(document: pikepdf.Pdf) -> None:
        document.pages[0].Contents = document.make_stream(packed, Filter=pikepdf.Name.FlateDecode)

    assert refusal(tmp_path / "no.pdf", pdf_bytes(swell, compress_streams=False)).kind == "file_bomb"


def test_a_table_of_objects_that_unpacks_to_gigabytes_ends_its_own_process_alone(tmp_path: Path) -> None:
    """Readers unpack these before they know anything of the file, so only the limit on memory helps."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(800)) + packer.flush()
    table = b"/Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length %d" % len(packed)
    data = b"%PDF-1.7\n5 0 obj\n<< " + table + b" >>\nstream\n" + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"
    assert refusal(tmp_path / "bang.pdf", data, IncomingLimits(memory_mb=500, seconds=5)).kind in (
        "file_bomb",
        "file_damaged",
    )


def test_nesting_without_end(tmp_path: Path) -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    data = pdf_bytes().replace(b"/Type /Catalog", b"/Type /Catalog /Deep " + deep)
    assert refusal(tmp_path / "sau.pdf", data).kind == "file_damaged"


def test_filters_upon_filters(tmp_path: Path) -> None:
    names = pikepdf.Array([pikepdf.Name.FlateDecode] * 12)

    def pile(document: pikepdf.Pdf) -> None:
        document.pages[0].Contents = document.make_stream(b"x", Filter=names)

    assert refusal(tmp_path / "loc.pdf", pdf_bytes(pile, compress_streams=False)).kind == "file_bomb"


def test_what_acts_by_itself_and_what_hides_are_told(tmp_path: Path) -> None:
    def arm(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        document.attachments["x.exe"] = b"MZ"

    (tmp_path / "x.pdf").write_bytes(pdf_bytes(arm))
    told = " ".join(check_incoming(tmp_path / "x.pdf").warnings)
    assert "JavaScript" in told
    assert "tệp khác kèm bên trong" in told


def test_a_file_with_a_hole_is_taken_with_a_warning(tmp_path: Path) -> None:
    whole = pdf_bytes(pages=5)
    (tmp_path / "x.pdf").write_bytes(whole.replace(b"startxref\n", b"startxref\n9"))
    found = check_incoming(tmp_path / "x.pdf")
    assert found.pages == 5
    assert "có chỗ hỏng" in found.warnings[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_looking_is_bounded_in_memory(tmp_path: Path) -> None:
    out = BytesIO()
    Image.new("RGB", (6000, 6000)).save(out, "PNG")
    assert refusal(tmp_path / "x.png", out.getvalue(), IncomingLimits(memory_mb=100)).kind == "file_bomb"


def test_looking_is_bounded_in_time(tmp_path: Path) -> None:
    assert refusal(tmp_path / "x.png", picture_bytes("PNG"), IncomingLimits(seconds=0)).kind == "file_bomb"
