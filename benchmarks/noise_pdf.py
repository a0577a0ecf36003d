"""A PDF that weighs what a scan does and packs no smaller."""

from __future__ import annotations

from random import Random

_FRAME = (
    b"%%PDF-1.4\n"
    b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>endobj\n"
    b"4 0 obj<</Length %010d>>stream\n"
)
_END = b"\nendstream endobj\n"


def noise_pdf(random: Random, size: int) -> bytes:
    """One empty page and noise beside it, ``size`` bytes in all (1,000 and up)."""
    noise = size - len(_around(b""))
    return _around(random.randbytes(noise))


def _around(noise: bytes) -> bytes:
    body = _FRAME % len(noise) + noise + _END
    offsets = [body.index(b"%d 0 obj" % number) for number in range(1, 5)]
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + table + b"trailer<</Root 1 0 R/Size 5>>\nstartxref\n%010d\n%%%%EOF\n" % len(body)
