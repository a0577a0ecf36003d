"""Pages from a watched folder, from files and from a camera."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import img2pdf
import numpy as np
import pikepdf
import pytest
from PIL import Image
from reportlab.pdfgen import canvas

from counter_app.errors import UserError
from counter_app.scanning.camera import SETTLING_FRAMES, CameraSource
from counter_app.scanning.folder import FolderSource, FolderWatch
from counter_app.scanning.model import ReadPage, ScanProfile, ScanTrouble
from counter_app.scanning.picture_files import pages_of_picture
from counter_app.scanning.picture_pdf import drawn_pages, pages_of_pdf
from counter_app.scanning.pictures import picture_facts
from counter_app.scanning.tray import Tray
from tests.scanning.scan_samples import picture

PROFILE = ScanProfile("Thư mục")


class Watch:
    """A clock that goes on when the source waits; ``meanwhile`` happens then."""

    def __init__(self) -> None:
        self.time = 0.0
        self.meanwhile: Callable[[], None] = lambda: None

    def now(self) -> float:
        return self.time

    def pause(self, seconds: float) -> None:
        self.time += seconds
        self.meanwhile()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def source(tmp_path: Path, watch: Watch) -> FolderSource:
    folder = tmp_path / "quét"
    folder.mkdir()
    return FolderSource(folder, 2.0, watch.now, watch.pause)


def _put(source: FolderSource, name: str, data: bytes, age: int = 0) -> Path:
    path = source.folder / name
    path.write_bytes(data)
    os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
    return path


def _scan(source: FolderSource) -> list[bytes]:
    pages: list[ReadPage] = []
    source.scan(PROFILE, pages.append, lambda: False)
    return [page.data for page in pages]


def _scan_and_hear(source: FolderSource) -> tuple[list[bytes], str]:
    """The pages, and what is said of the files that were left."""
    pages: list[ReadPage] = []
    with pytest.raises(ScanTrouble) as caught:
        source.scan(PROFILE, pages.append, lambda: False)
    assert caught.value.kind == "bad_page"
    return [page.data for page in pages], caught.value.message


def test_files_are_taken_oldest_first_and_leave_the_folder(source: FolderSource) -> None:
    _put(source, "b.jpg", picture(1, "JPEG"), age=1)
    _put(source, "A.PNG", picture(2), age=1)
    _put(source, "c.png", picture(3), age=9)
    _put(source, "ghi chú.txt", b"x")
    _put(source, ".hidden.png", picture(4))
    assert _scan(source) == [picture(3), picture(2), picture(1, "JPEG")]
    assert sorted(path.name for path in source.folder.iterdir()) == [".hidden.png", "ghi chú.txt"]


def test_a_file_that_is_being_written_waits_until_it_is_whole(source: FolderSource, watch: Watch) -> None:
    whole = picture(1, size=(300, 300))
    written = 0

    def write_on() -> None:
        nonlocal written
        if written < len(whole):
            written += len(whole) // 5 + 1
            _put(source, "a.png", whole[:written], age=-written)

    watch.meanwhile = write_on
    _put(source, "a.png", b"")
    assert _scan(source) == [whole]


def test_a_file_without_a_byte_is_waited_for_and_then_left(source: FolderSource, watch: Watch) -> None:
    _put(source, "a.png", b"", age=5)
    _put(source, "b.png", picture(2))
    pages, words = _scan_and_hear(source)
    assert pages == [picture(2)]
    assert "«a.png»" in words
    assert watch.time >= 30


def test_a_file_behind_one_that_is_being_written_waits_for_it(source: FolderSource, watch: Watch) -> None:
    whole = picture(1, size=(300, 300))

    def write_on() -> None:
        if watch.time < 5:
            _put(source, "a.png", whole[: int(watch.time * 10) + 1], age=20 - int(watch.time))
        elif (source.folder / "a.png").exists():
            _put(source, "a.png", whole, age=10)

    watch.meanwhile = write_on
    _put(source, "a.png", whole[:1], age=20)
    _put(source, "b.png", picture(2))
    assert _scan(source) == [whole, picture(2)]


def test_a_half_file_stays_with_a_message_until_it_changes(source: FolderSource) -> None:
    path = _put(source, "a.png", picture(1)[:50], age=5)
    _put(source, "b.png", picture(2))
    for taken in ([picture(2)], []):
        pages, words = _scan_and_hear(source)
        assert pages == taken
        assert "«a.png»" in words
        assert [left.path for left in source.left] == [path]
    _put(source, "a.png", picture(1))
    assert _scan(source) == [picture(1)]
    assert source.left == ()


def test_a_file_is_gone_only_when_its_pages_are_safe(source: FolderSource, tmp_path: Path) -> None:
    pdf = bytes(img2pdf.convert([picture(number, "JPEG", (400, 600)) for number in range(3)]))
    _put(source, "a.pdf", pdf)
    pages: list[ReadPage] = []

    def take(page: ReadPage) -> None:
        if len(pages) == 2:
            raise ScanTrouble("disk_full", "đầy")
        pages.append(page)

    with pytest.raises(ScanTrouble, match="đầy"):
        source.scan(PROFILE, take, lambda: False)
    again = FolderSource(source.folder, 2.0, source._now, source._pause)
    tray = Tray.create(tmp_path / "scans")
    for page in pages:
        tray.add(page)
    with pytest.raises(ScanTrouble, match="Đã dừng"):
        again.scan(PROFILE, tray.add, lambda: True)
    again.scan(PROFILE, tray.add, lambda: False)
    assert [tray.image_path(page.id).read_bytes() for page in tray.pages()] == [
        picture(number, "JPEG", (400, 600)) for number in range(3)
    ], "it goes on behind the pages that are safe"
    assert list(source.folder.iterdir()) == []


@pytest.mark.parametrize("pages", [1, 3])
def test_a_stop_within_a_file_neither_loses_nor_doubles_a_page(source: FolderSource, pages: int) -> None:
    _put(source, "a.pdf", bytes(img2pdf.convert([picture(number, "JPEG", (400, 600)) for number in range(4)])))
    taken: list[ReadPage] = []
    with pytest.raises(ScanTrouble) as caught:
        source.scan(PROFILE, taken.append, lambda: len(taken) == pages)
    assert (caught.value.kind, len(taken)) == ("stopped", pages)
    assert [page.data for page in taken] + _scan(source) == [picture(n, "JPEG", (400, 600)) for n in range(4)]


def test_a_pdf_that_hides_files_is_left_and_one_that_was_mended_is_told(source: FolderSource) -> None:
    plain = bytes(img2pdf.convert(picture(1, "JPEG", (413, 585), 50)))
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as document:
        document.attachments["x.exe"] = b"MZ"
        document.save(out)
    _put(source, "a.pdf", out.getvalue(), age=5)
    _put(source, "b.pdf", plain.replace(b"startxref\n", b"startxref\n9"))
    pages: list[ReadPage] = []
    with pytest.raises(ScanTrouble, match=r"«a\.pdf».*nguyên tệp"):
        source.scan(PROFILE, pages.append, lambda: False)
    (page,) = pages
    assert "«b.pdf» có chỗ hỏng" in page.note


def test_a_new_file_under_the_name_of_one_being_taken_is_another_one(source: FolderSource) -> None:
    _put(source, "a.png", picture(1))
    pages: list[bytes] = []

    def take(page: ReadPage) -> None:
        if not pages:
            _put(source, "a.png", picture(2))
        pages.append(page.data)

    source.scan(PROFILE, take, lambda: False)
    assert pages == [picture(1)]
    assert _scan(source) == [picture(2)]


def test_a_stop_leaves_what_was_not_taken(source: FolderSource) -> None:
    for number in range(3):
        _put(source, f"{number}.png", picture(number), age=-number)
    pages: list[ReadPage] = []
    with pytest.raises(ScanTrouble) as caught:
        source.scan(PROFILE, pages.append, lambda: len(pages) == 1)
    assert caught.value.kind == "stopped"
    assert [page.data for page in pages] == [picture(0)]
    assert _scan(source) == [picture(1), picture(2)]


def test_a_watch_tells_of_files_that_stay_as_they_are_and_once_of_those_that_were_left(
    source: FolderSource, tmp_path: Path
) -> None:
    watch = FolderWatch(source.folder)
    _put(source, "a.png", picture(1)[:50])
    assert [watch.look(), watch.look()] == [0, 1]
    _put(source, "a.png", picture(1)[:60])
    assert [watch.look(), watch.look()] == [0, 1], "somebody writes on"
    with pytest.raises(ScanTrouble, match=r"«a\.png»"):
        _scan(source)
    watch.has_been_read()
    _put(source, "b.png", picture(2))
    assert [watch.look(), watch.look()] == [0, 1], "of the one that was left it was told"
    with pytest.raises(ScanTrouble, match="Không mở được"):
        FolderWatch(tmp_path / "nowhere").look()


def test_an_empty_folder_and_one_out_of_reach_are_told(source: FolderSource, tmp_path: Path) -> None:
    with pytest.raises(ScanTrouble, match="chưa có tệp") as caught:
        _scan(source)
    assert caught.value.kind == "no_paper"
    with pytest.raises(ScanTrouble, match="Không mở được") as caught:
        _scan(FolderSource(tmp_path / "nowhere"))
    assert caught.value.kind == "offline"


def _written_pdf() -> bytes:
    target = io.BytesIO()
    sheet = canvas.Canvas(target, pagesize=(595, 842))
    sheet.drawString(100, 700, "Don de nghi")
    sheet.save()
    return target.getvalue()


def test_a_program_under_the_name_of_a_paper_is_never_opened(source: FolderSource) -> None:
    _put(source, "đơn.pdf", b"MZ" + bytes(100) + bytes(img2pdf.convert(picture(1, "JPEG", (413, 585), 50))))
    with pytest.raises(ScanTrouble, match="«đơn"):
        _scan(source)
    assert (source.folder / "đơn.pdf").exists()


def test_a_link_to_another_place_is_not_followed(source: FolderSource, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.png").write_bytes(picture(1))
    (source.folder / "a.png").symlink_to(tmp_path / "elsewhere.png")
    with pytest.raises(ScanTrouble, match="chưa có tệp"):
        _scan(source)


def test_a_pdf_with_text_is_left_to_be_attached_whole(source: FolderSource) -> None:
    _put(source, "đơn.pdf", _written_pdf())
    with pytest.raises(ScanTrouble, match="nguyên tệp"):
        _scan(source)
    assert (source.folder / "đơn.pdf").exists()


def test_the_pictures_of_a_scanners_pdf_are_kept_byte_for_byte() -> None:
    jpeg = picture(1, "JPEG", (413, 585), 50)
    pages = list(pages_of_pdf(bytes(img2pdf.convert([jpeg, picture(2, "PNG", (413, 585), 50)]))))
    assert pages[0].data == jpeg
    assert [page.dpi for page in pages] == [50, 50]
    assert picture_facts(pages[1].data).width == 413


def test_a_page_that_is_turned_or_written_on_is_not_one_picture() -> None:
    turned = bytes(img2pdf.convert(picture(1, "JPEG", (413, 585), 50), rotation=img2pdf.Rotation["90"]))
    with pytest.raises(UserError) as caught:
        list(pages_of_pdf(turned))
    assert caught.value.kind == "pdf_whole"
    (drawn,) = drawn_pages(turned, 50)
    facts = picture_facts(drawn.data)
    assert (facts.width > facts.height, drawn.dpi) == (True, 50)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", _written_pdf()[:300]])
def test_a_damaged_pdf_is_told_of(data: bytes) -> None:
    with pytest.raises(ScanTrouble) as caught:
        list(pages_of_pdf(data))
    assert caught.value.kind == "bad_page"


def test_a_photo_stands_upright_and_a_fax_gives_all_its_pages() -> None:
    photo = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side
    Image.new("RGB", (60, 40)).save(photo, "JPEG", exif=exif)
    (page,) = pages_of_picture(photo.getvalue())
    assert picture_facts(page.data).height == 60
    fax = io.BytesIO()
    sheets = [Image.new("1", (172, 229), number % 2) for number in range(3)]
    sheets[0].save(fax, "TIFF", save_all=True, append_images=sheets[1:], dpi=(204, 196))
    pages = list(pages_of_picture(fax.getvalue()))
    assert [(one.dpi, picture_facts(one.data).width) for one in pages] == [(204, 172)] * 3


def test_a_photo_that_does_not_say_is_taken_for_one_sheet() -> None:
    (page,) = pages_of_picture(picture(1, "JPEG", (1754, 2480), 72))
    assert page.dpi == 212


class FakeCamera:
    """Frames that get brighter, as they do when a camera adjusts itself; None: it does not open."""

    def __init__(self, frames: int | None) -> None:
        self._frames = frames
        self.is_released = False
        self.number = 0

    def isOpened(self) -> bool:  # noqa: N802
        return self._frames is not None

    def set(self, key: int, value: float) -> bool:
        return key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT) and value > 0

    def read(self) -> tuple[bool, Any]:
        self.number += 1
        return self.number <= (self._frames or 0), np.full((3508, 2480, 3), self.number * 10, np.uint8)

    def release(self) -> None:
        self.is_released = True


def test_a_camera_gives_one_page_when_the_light_is_right() -> None:
    camera = FakeCamera(100)
    pages: list[ReadPage] = []
    CameraSource(0, lambda _index: camera).scan(ScanProfile("x", feeder=False), pages.append, lambda: False)
    (page,) = pages
    assert page.dpi == 300
    with Image.open(io.BytesIO(page.data)) as image:
        assert image.getpixel((5, 5)) == (SETTLING_FRAMES * 10,) * 3
    assert camera.is_released


@pytest.mark.parametrize(("frames", "kind"), [(None, "offline"), (3, "offline")])
def test_a_camera_that_is_gone_is_told_of(frames: int | None, kind: str) -> None:
    camera = FakeCamera(frames)
    with pytest.raises(ScanTrouble) as caught:
        CameraSource(0, lambda _index: camera).scan(ScanProfile("x", feeder=False), pytest.fail, lambda: False)
    assert caught.value.kind == kind
    assert camera.is_released
