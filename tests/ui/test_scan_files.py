"""Added files as a source of pages: each file whole or not at all, and each that was left out is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import img2pdf
import pytest

from counter_app.scanning.model import ReadPage, ScanProfile, ScanTrouble
from counter_app.ui.scan_files import FileSource
from tests.scanning.scan_samples import picture
from tests.services.scan_samples import printed_pdf

PAGES = [picture(number, "JPEG", (400, 600)) for number in range(3)]


def add(
    files: Sequence[Path], stop: Callable[[int], bool] = lambda _taken: False, most: int = 99
) -> tuple[list[bytes], list[str], str]:
    """Pages, names of the files to attach whole, and what is said; ``most``: pages that find room on the disk."""
    pages: list[bytes] = []
    whole: list[Path] = []

    def take(page: ReadPage) -> None:
        if len(pages) == most:
            raise ScanTrouble("disk_full", "Ổ đĩa đầy.")
        pages.append(page.data)

    said = ""
    try:
        FileSource(files, whole.extend).scan(ScanProfile("x"), take, lambda: stop(len(pages)))
    except ScanTrouble as error:
        said = error.message
    return pages, [path.name for path in whole], said


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A PDF to attach whole, a stack whose last picture is damaged, and a sound stack."""
    damaged = bytes(img2pdf.convert(PAGES[:2])).replace(PAGES[1][:20], bytes(20))
    (tmp_path / "hỏng.pdf").write_bytes(damaged)
    (tmp_path / "tốt.pdf").write_bytes(bytes(img2pdf.convert(PAGES)))
    return [printed_pdf(tmp_path / "chữ.pdf", ["một"]), tmp_path / "hỏng.pdf", tmp_path / "tốt.pdf"]


def test_a_bad_page_leaves_out_its_own_file_alone_and_names_it(files: list[Path]) -> None:
    pages, whole, said = add(files)
    assert (pages, whole) == (PAGES, ["chữ.pdf"])
    assert "«hỏng.pdf»" in said


def test_a_stop_comes_between_files_and_names_those_left_out(files: list[Path]) -> None:
    paper, damaged, sound = files
    pages, whole, said = add([paper, sound, damaged], lambda taken: taken > 0)
    assert (pages, whole) == (PAGES, ["chữ.pdf"])
    assert "«hỏng.pdf»" in said
    assert "tốt.pdf" not in said
    programs = [damaged.with_name(f"{number}.pdf") for number in range(5)]
    for program in programs:
        program.write_bytes(b"MZ")
    assert "«3.pdf», «4.pdf»" in add(programs)[2], "those whose reason is not told are named"
    assert add([sound, paper], lambda _taken: True) == ([], [], "Đã dừng, chưa thêm «tốt.pdf», «chữ.pdf».")


def test_a_full_disk_says_how_much_of_which_file_there_is(files: list[Path]) -> None:
    pages, whole, said = add([files[0], files[2]], most=2)
    assert (pages, whole) == (PAGES[:2], ["chữ.pdf"])
    assert "2 trang đầu của «tốt.pdf»" in said
