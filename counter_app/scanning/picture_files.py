"""Pages from pictures: a driver's raw file, a photo, a fax's many pages.

What a clerk drops into the window, pastes or has a copier put into a folder becomes pages by the same way as
what a scanner reads.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from counter_app.scanning.model import PAGE_SIZES_MM, ReadPage
from counter_app.scanning.pictures import MAX_PIXELS, SENSIBLE_DPI, picture_facts, too_large, unreadable

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

IMAGE_SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
_FORMATS: Final = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
_FAST: Final = 1
"""Compression of PNG: three times as fast as the usual 6 and a sixth larger; the tray is cleared after the job."""
_EXIF_ORIENTATION: Final = 0x0112
_MM_PER_INCH: Final = 25.4


def page_of_raw(source: Path | io.BytesIO, dpi: int) -> ReadPage:
    """What a driver wrote (PNM, BMP, TIFF; a PNG or JPEG stays as it is) as a page. Raises ScanTrouble ``bad_page``."""
    from PIL import Image

    try:
        with Image.open(source, formats=("PPM", "PNG", "JPEG", "TIFF", "BMP")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise too_large()
            if image.format in ("PNG", "JPEG"):
                return ReadPage(source.read_bytes() if isinstance(source, Path) else source.getvalue(), dpi)
            return ReadPage(png_bytes(image, dpi), dpi)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large() from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise unreadable() from error


def pages_of_picture(data: bytes) -> Iterator[ReadPage]:
    """The pages of a PNG, JPEG, TIFF (each of its pages), BMP or WebP; photos stand upright.

    Raises ScanTrouble ``bad_page``.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            for number in range(getattr(image, "n_frames", 1)):
                image.seek(number)
                if image.width * image.height > MAX_PIXELS:
                    raise too_large()
                yield _page(image, data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large() from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise unreadable() from error


def _page(image: Picture, data: bytes) -> ReadPage:
    from PIL import ImageOps

    dpi = _dpi(image)
    upright = image.getexif().get(_EXIF_ORIENTATION, 1) == 1
    if upright and image.format in ("PNG", "JPEG") and getattr(image, "n_frames", 1) == 1:
        picture_facts(data)
        return ReadPage(data, dpi)
    return ReadPage(png_bytes(ImageOps.exif_transpose(image), dpi), dpi)


def _dpi(image: Picture) -> int:
    """What the picture says; a photo says nothing of use: it is taken to show one A4 sheet."""
    said = image.info.get("dpi")
    if said and round(float(said[0])) in SENSIBLE_DPI and round(float(said[0])) != 72:
        return round(float(said[0]))
    found = round(max(image.size) / (PAGE_SIZES_MM["A4"][1] / _MM_PER_INCH))
    return min(max(found, SENSIBLE_DPI.start), SENSIBLE_DPI.stop - 1)


def png_bytes(image: Picture, dpi: int) -> bytes:
    """The same pixels as a PNG, in a mode that every reader knows."""
    plain = image if image.mode in ("1", "L", "RGB") else image.convert("L" if image.mode in ("I;16", "LA") else "RGB")
    target = io.BytesIO()
    plain.save(target, "PNG", compress_level=_FAST, dpi=(dpi, dpi))
    return target.getvalue()
