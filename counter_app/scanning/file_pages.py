"""One file of a folder or of a drop as pages: looked at to its end before its first page is taken."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from counter_app.errors import CounterError, KnownError
from counter_app.scanning.incoming import IncomingLimits, check_incoming
from counter_app.scanning.model import ReadPage
from counter_app.scanning.picture_files import pages_of_picture
from counter_app.scanning.picture_pdf import pages_of_pdf
from counter_app.scanning.troubles import stopped

LIMITS: Final = IncomingLimits(max_mb=512)
"""A whole feeder in one file may be larger than a document; its pages are counted and checked all the same."""


@dataclass(frozen=True, slots=True)
class FilePages:
    """A file each of whose pages can be taken. ``note``: what the clerk should look at in it, or ""."""

    kind: str
    note: str

    def read(self, path: Path) -> Generator[ReadPage]:
        """The pages, each with the note. ``path``: where the file lies now."""
        for page in _pages(path, self.kind):
            yield replace(page, note=self.note)


def look_through(path: Path, stop: Callable[[], bool], name: str = "") -> FilePages:
    """Examine a file and each of its pages; ``name``: what it is called where it came from.

    Raises UserError ``pdf_whole`` for a PDF that is to be attached as it is, others as ``check_incoming``; ScanTrouble
    ``bad_page``, ``stopped``; KnownError ``file_unreadable``. What they say of the file names it.
    """
    name = name or path.name
    try:
        found = check_incoming(path, LIMITS, name=name)
        for _page in _pages(path, found.kind):
            if stop():
                raise stopped()
    except OSError as error:
        raise KnownError(
            "file_unreadable",
            f"Không đọc được tệp «{name}»: {error.strerror}. Hãy chép tệp sang máy rồi thử lại.",
        ) from error
    except CounterError as error:
        if error.kind != "stopped" and name not in error.message:
            error.message = f"«{name}»: {error.message}"
        raise
    return FilePages(found.kind, " ".join(found.warnings))


def _pages(path: Path, kind: str) -> Iterator[ReadPage]:
    return pages_of_pdf(path) if kind == "pdf" else pages_of_picture(path.read_bytes())
