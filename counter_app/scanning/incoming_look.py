"""The process that looks into files on behalf of ``incoming``: ``python -m counter_app.scanning.incoming_look``.

A line of JSON on standard input for each file: path, kind, limits. A line of JSON on standard output: ``pages`` and
``warnings``, ``trouble`` with its ``details``, or ``memory`` when that was not enough. It may be ended by what it
reads; nothing but its answers leaves it. It ends with its input, or when nothing is asked for a while.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pikepdf

_TAIL: Final = 2048
_LONGEST_SIDE: Final = 14_400
"""Points: the largest page that readers show (ISO 32000-1, annex C); an A0 map has 3,370."""
_MOST_FILTERS: Final = 3
_CHUNK: Final = 1 << 20
_MB: Final = 1 << 20
_NO_RESOURCES: Final = "Resources is missing"
"""What the reader says of a page that draws nothing: no damage."""
_IDLE_SECONDS: Final = 30.0
_RUNS: Final = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition"})


class Trouble(Exception):  # noqa: N818 - it is what is told, not an error of ours
    """Why the file cannot be taken: a kind of ``incoming`` and what its words need."""

    def __init__(self, kind: str, **details: object) -> None:
        super().__init__(kind)
        self.answer = {"trouble": kind, "details": details}


def look(path: Path, kind: str, limits: dict[str, int]) -> dict[str, Any]:
    """Pages and warnings of a file. Raises Trouble, MemoryError."""
    return _look_into_pdf(path, limits) if kind == "pdf" else _look_at_picture(path, limits)


def _look_into_pdf(path: Path, limits: dict[str, int]) -> dict[str, Any]:
    import pikepdf

    warnings: dict[str, None] = {}
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read()
    # A file that was cut is often mended by readers, without its last pages: what it does to them is looked at too.
    broken = "file_damaged" if b"%%EOF" in tail else "file_cut"
    try:
        with pikepdf.open(path) as document:
            if document.is_encrypted:
                warnings["restricted"] = None
            pages = _count_pages(document, limits["max_pages"])
            for name in _look_at_objects(document, limits):
                warnings[name] = None
            for page in document.pages:
                _check_page(page)
            if any(_NO_RESOURCES not in str(warning) for warning in document.get_warnings()):
                warnings["repaired"] = None
    except pikepdf.PasswordError:
        raise Trouble("file_locked") from None
    except (pikepdf.PdfError, RecursionError, AttributeError, KeyError, TypeError, ValueError):
        raise Trouble(broken) from None
    if pages == 0 or broken == "file_cut":
        raise Trouble(broken)
    return {"pages": pages, "warnings": list(warnings)}


def _count_pages(document: pikepdf.Pdf, most: int) -> int:
    told = document.Root.Pages.get("/Count", 0)
    # What the file says costs nothing to read; counting a tree that was made to grow may.
    pages = int(told) if int(told) > most else len(document.pages)
    if pages > most:
        raise Trouble("file_too_many_pages", pages=pages, limit=most)
    return pages


def _look_at_objects(document: pikepdf.Pdf, limits: dict[str, int]) -> Iterator[str]:
    """Names of warnings; Trouble for pictures too large and for streams that unpack to too much."""
    import pikepdf

    left = limits["unpacked_mb"] * _MB
    if "/AcroForm" in document.Root and "/XFA" in document.Root.AcroForm:
        yield "form"
    for item in document.objects:
        if isinstance(item, pikepdf.Stream):
            if item.get("/Subtype") == "/Image":
                _check_picture(int(item.get("/Width", 0)), int(item.get("/Height", 0)), limits["max_pixels"])
            else:
                left -= _unpacked(item, left)
            if item.get("/Type") == "/EmbeddedFile":
                yield "attached"
        elif isinstance(item, pikepdf.Dictionary):
            if "/EF" in item:
                yield "attached"
            if str(item.get("/S", "")) in _RUNS or "/JS" in item:
                yield "script"
            for value in (item.get("/OpenAction"), item.get("/A")):
                if isinstance(value, pikepdf.Dictionary) and str(value.get("/S", "")) in _RUNS:
                    yield "script"


def _unpacked(stream: pikepdf.Stream, most: int) -> int:
    """Length of what a stream packs; Trouble ``file_bomb`` when that is more than ``most``."""
    filters = stream.get("/Filter")
    names = [] if filters is None else [str(filters)] if not _is_array(filters) else [str(name) for name in filters]
    if len(names) > _MOST_FILTERS or len(names) != len(set(names)):
        raise Trouble("file_bomb")
    if not names or names[0] not in ("/FlateDecode", "/Fl"):
        return 0
    unpacker, total = zlib.decompressobj(), 0
    waiting = stream.read_raw_bytes()
    while waiting and not unpacker.eof:
        try:
            total += len(unpacker.decompress(waiting, _CHUNK))
        except zlib.error:
            break  # damaged streams are told by the reader itself
        waiting = unpacker.unconsumed_tail
        if total > most:
            raise Trouble("file_bomb")
    return total


def _is_array(value: object) -> bool:
    import pikepdf

    return isinstance(value, pikepdf.Array)


def _check_page(page: pikepdf.Page) -> None:
    left, bottom, right, top = (float(side) for side in page.mediabox)
    unit = float(page.obj.get("/UserUnit", 1))
    width, height = abs(right - left) * unit, abs(top - bottom) * unit
    if max(width, height) > _LONGEST_SIDE:
        raise Trouble("file_too_many_pixels", width=f"{width:.0f}", height=f"{height:.0f} pt")


def _check_picture(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise Trouble("file_too_many_pixels", width=width, height=f"{height} điểm ảnh")


def _look_at_picture(path: Path, limits: dict[str, int]) -> dict[str, Any]:
    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS = None  # told here, by our own limit and in our own words
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        with Image.open(path) as image:
            _check_picture(*image.size, limits["max_pixels"])
            pages = 0
            while True:
                if pages == limits["max_pages"]:
                    raise Trouble("file_too_many_pages", pages=f"hơn {pages}", limit=limits["max_pages"])
                try:
                    image.seek(pages)
                except EOFError:
                    break
                _check_picture(*image.size, limits["max_pixels"])
                image.load()
                pages += 1
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, zlib.error) as error:
        raise Trouble("file_cut" if "truncated" in str(error).lower() else "file_damaged") from None
    return {"pages": pages, "warnings": []}


def _bound(limits: dict[str, int]) -> None:
    """Let the system end this process when it takes too much; Windows knows no such limits, there only time counts."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + limits["seconds"] + 1
        _soften(resource.RLIMIT_AS, limits["memory_mb"] * _MB)
        _soften(resource.RLIMIT_CPU, seconds)
        _soften(resource.RLIMIT_CORE, 0)


def _loosen() -> None:
    """Between two files the process has the memory that it needs to go on."""
    if sys.platform != "win32":
        import resource

        _soften(resource.RLIMIT_AS, resource.RLIM_INFINITY)


def _soften(limit: int, value: int) -> None:
    import resource

    hard = resource.getrlimit(limit)[1]
    is_above = hard != resource.RLIM_INFINITY and (value == resource.RLIM_INFINITY or value > hard)
    resource.setrlimit(limit, (hard if is_above else value, hard))


def _answer(path: str, kind: str, limits: dict[str, int]) -> dict[str, Any]:
    _bound(limits)
    try:
        return look(Path(path), kind, limits)
    except Trouble as trouble:
        return trouble.answer
    except MemoryError:
        return {"memory": True}
    finally:
        _loosen()


def main() -> None:
    """Answer line by line, after a first empty one: that this process is there."""
    sys.stdout.write("\n")
    while True:
        sys.stdout.flush()
        idle = threading.Timer(_IDLE_SECONDS, os._exit, (0,))
        idle.daemon = True
        idle.start()
        order = sys.stdin.buffer.readline()
        idle.cancel()
        if not order:
            return
        sys.stdout.write(json.dumps(_answer(*json.loads(order))) + "\n")


if __name__ == "__main__":
    main()
