"""Scanned pages into one document to keep: PDF/A-2b, of the size of the paper, with words that can be found."""

from __future__ import annotations

import errno
import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from counter_app.scanning.disk import disk_trouble
from counter_app.scanning.model import ScanTrouble
from counter_app.scanning.pdfa import DocumentFacts
from counter_app.whole_files import sync_folder, whole_file

if TYPE_CHECKING:
    import pikepdf

    from counter_app.scanning.mixed import Layers
    from counter_app.scanning.ocr import Word

__all__ = ["BuiltPdf", "DocumentFacts", "PageInput", "build_pdf"]

_MOST_WORKERS: Final = 4


@dataclass(frozen=True, slots=True)
class PageInput:
    """A page as it was scanned and what is to be done to it; see ``scanning.cleanup``."""

    image_path: Path
    dpi: int
    turn: int = 0
    angle: float = 0.0
    crop: tuple[int, int, int, int] | None = None
    despeckle: bool = True


@dataclass(frozen=True, slots=True)
class BuiltPdf:
    """The document that was made. ``text``: the words that were read, pages parted by form feeds; ``notice``: what the
    clerk should know ("" for nothing)."""

    path: Path
    pages: int
    size: int
    sha256: str
    text: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class _MadePage:
    layers: Layers
    words: tuple[Word, ...] | None
    """None: they could not be read."""
    digest: str


def build_pdf(
    pages: Sequence[PageInput],
    out: Path,
    facts: DocumentFacts,
    *,
    text: bool = True,
    stamp: bool = True,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda done: None,
) -> BuiltPdf:
    """Make ``out`` of the pages; it is there whole or not at all, and the pictures are only read.

    ``stamp``: show on page one who scanned it and when. ``progress`` is told after each page how many are done. Each
    worker has one page in memory. Raises ScanTrouble ``stopped``, ``bad_page`` (a picture that cannot be read),
    ``disk_full``; KnownError for another fault of the disk.
    """
    import pikepdf

    from counter_app.scanning import ocr
    from counter_app.scanning.pdf_page import PageWriter
    from counter_app.scanning.pdfa import declare_scan

    if not pages:
        raise ValueError("a document has at least one page")
    document = pikepdf.Pdf.new()
    writer = PageWriter(document)
    digests: list[str] = []
    texts: list[str] = []
    unread: list[int] = []
    for number, (page, made) in enumerate(zip(pages, _made_pages(pages, text, stop), strict=True)):
        writer.add(made.layers, page.dpi, made.words or (), facts if stamp and number == 0 else None)
        digests.append(made.digest)
        texts.append(ocr.text_of(made.words or ()))
        if made.words is None:
            unread.append(number + 1)
        progress(number + 1)
    declare_scan(document, facts, digests)
    size, sha256 = _save(document, out)
    notice = ocr.MISSING if text and ocr.program() is None else ocr.unread_words(unread)
    return BuiltPdf(out, len(pages), size, sha256, "\f".join(texts) if text else "", notice)


def _made_pages(pages: Sequence[PageInput], text: bool, stop: Callable[[], bool]) -> Iterator[_MadePage]:
    """The pages in order, made side by side: as many at once as there are processors."""
    workers = max(1, min(_MOST_WORKERS, os.cpu_count() or 1, len(pages)))
    waiting: deque[Future[_MadePage]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="scan-page") as pool:
        try:
            for page in pages:
                if len(waiting) > workers:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(_made_page, page, text, stop))
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _made_page(page: PageInput, text: bool, stop: Callable[[], bool]) -> _MadePage:
    from counter_app.scanning import cleanup, mixed, ocr

    _check_stop(stop)
    picture = cleanup.straightened(
        page.image_path, page.dpi, turn=page.turn, angle=page.angle, crop=page.crop, despeckle=page.despeckle
    )
    layers = mixed.layers_of(picture, page.dpi)
    _check_stop(stop)
    words = ocr.read_words(picture, page.dpi, stop) if text else ()
    _check_stop(stop)
    return _MadePage(layers, words, hashlib.sha256(page.image_path.read_bytes()).hexdigest())


def _check_stop(stop: Callable[[], bool]) -> None:
    if stop():
        raise ScanTrouble(
            "stopped", "Đã dừng lập tệp PDF theo yêu cầu. Các trang quét vẫn còn nguyên; có thể lập lại bất cứ lúc nào."
        )


def _save(document: pikepdf.Pdf, out: Path) -> tuple[int, str]:
    """Write to a temporary name, sync, rename; size and digest of what was written."""
    from pikepdf import ObjectStreamMode

    try:
        with whole_file(out) as file:
            document.save(
                file,
                min_version="1.7",
                deterministic_id=True,
                object_stream_mode=ObjectStreamMode.generate,
            )
            size = file.tell()
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        sync_folder(out.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ScanTrouble(
                "disk_full",
                f"Ổ đĩa đã đầy nên chưa lập được tệp PDF «{out.name}». Các trang quét vẫn còn nguyên. Hãy xóa bớt tệp "
                "thừa hoặc gọi quản trị, rồi lập lại.",
            ) from error
        raise disk_trouble(error, out.parent) from error
    return size, digest
