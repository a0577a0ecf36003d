"""Checking that what a source gave is a whole picture, and what it says of itself."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from counter_app.scanning.model import ScanTrouble

SUFFIXES: Final = {"PNG": ".png", "JPEG": ".jpg"}
SENSIBLE_DPI: Final = range(50, 1201)
"""Cameras and screen shots say 1 or 72 or nothing; what is outside is no resolution of a scanner."""
MAX_PIXELS: Final = 89_478_485
"""Pillow's own limit against pictures made to fill the memory; A3 at 600 dpi has 70 million."""


GRAY_MODES: Final = ("1", "L", "LA", "I", "I;16")
"""Pillow's modes of pictures that can show no colours."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a PNG or JPEG is. ``dpi`` is 0 where it does not say or says nonsense."""

    suffix: str
    width: int
    height: int
    dpi: int
    in_colour: bool
    """Whether it can show colours."""


def picture_facts(data: bytes) -> PictureFacts:
    """Decode a PNG or JPEG to its end.

    Raises ScanTrouble ``bad_page`` for what is cut off, damaged, of another format or larger than MAX_PIXELS.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=tuple(SUFFIXES)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise too_large()
            image.load()
            if image.format == "PNG" and b"IEND" not in data[-16:]:
                raise ValueError("the end of the file is missing")  # Pillow is content once it has the last row
            assert image.format is not None
            in_colour = image.mode not in GRAY_MODES
            return PictureFacts(SUFFIXES[image.format], width, height, _dpi_of(image.info), in_colour)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large() from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise unreadable() from error


def file_facts(path: Path) -> PictureFacts:
    """The same for a file; raises OSError when it cannot be read."""
    return picture_facts(path.read_bytes())


def _dpi_of(info: dict[str | tuple[int, int], object]) -> int:
    found = info.get("dpi")
    if not isinstance(found, tuple) or not found:
        return 0
    dpi = round(float(found[0]))
    return dpi if dpi in SENSIBLE_DPI else 0


def unreadable() -> ScanTrouble:
    """The trouble of a picture that is damaged or cut off."""
    return ScanTrouble(
        "bad_page",
        "Ảnh của trang vừa nhận bị hỏng hoặc bị cắt giữa chừng nên không lưu. Các trang trước vẫn còn. "
        "Hãy quét lại trang này.",
    )


def too_large() -> ScanTrouble:
    """The trouble of a picture beyond MAX_PIXELS."""
    return ScanTrouble(
        "bad_page",
        "Ảnh của trang quá lớn (trên 89 triệu điểm ảnh) nên không lưu. Hãy chọn độ phân giải thấp hơn, "
        "ví dụ 300 dpi, rồi quét lại trang này.",
    )
