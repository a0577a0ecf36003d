"""A printed paper as PDF/A-2b (ISO 19005-2).

The fonts are embedded by ReportLab. pikepdf writes the file again with what is missing, and with streams ended as the
standard wants them, which ReportLab does not. No clock is read: the same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from printing.forms.tags import structure
from printing.pdfa import LANGUAGE, declare

# Packs a receipt in two thirds of the usual level's time, for two bytes in a hundred more.
_PACKING: Final = 4
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


def archival(
    pdf: bytes, title: str, subject: str, made_at: datetime | None, marked: Sequence[Sequence[str]] = ()
) -> bytes:
    """*pdf* as PDF/A-2b with its title, subject and moment of issue (a fixed one for a test page).

    *marked*: of each page the roles of its paragraphs, where they are marked.
    """
    # On the way of a paper only: the window opens without it.
    import pikepdf

    pikepdf.settings.set_flate_compression_level(_PACKING)
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        declare(document, title, subject, made_at or _UNDATED)
        if marked:
            structure(document, LANGUAGE, marked)
        # Small objects packed together: a receipt's marks alone are a fifth of its bytes.
        packed = pikepdf.ObjectStreamMode.generate
        document.save(out, min_version="1.7", deterministic_id=True, object_stream_mode=packed)
    return out.getvalue()
