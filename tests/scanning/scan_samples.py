"""Small pictures as a scanner would give them."""

from __future__ import annotations

import io

from PIL import Image

from counter_app.scanning.model import ReadPage


def picture(number: int = 0, form: str = "PNG", size: tuple[int, int] = (16, 22), dpi: int = 200) -> bytes:
    """A picture that differs by its number."""
    image = Image.new("RGB", size, ((37 * number) % 256, (number // 7) % 256, 200))
    target = io.BytesIO()
    image.save(target, form, dpi=(dpi, dpi))
    return target.getvalue()


def page(number: int = 0, form: str = "PNG") -> ReadPage:
    return ReadPage(picture(number, form), 200)
