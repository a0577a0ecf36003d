"""The passphrase of a rescue file: what the clerk types, or words to write down."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

from counter_app.errors import UserError

SHORTEST: Final = 12
"""Letters that a passphrase of the clerk's own must have."""
SYLLABLES: Final = 8
"""Syllables of a made passphrase, nine bits each: 72 bits, beyond any guessing behind scrypt."""

_ONSETS: Final = ("b", "ch", "d", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "s", "t", "th", "tr", "v")
_RIMES: Final = (
    "a", "ac", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", "o", "oan", "oc", "oi",
    "om", "on", "ong", "op", "ot", "u", "ua", "uc", "ui", "um", "un", "ung", "uoi", "uong", "ut", "uy",
)  # fmt: skip


def make_passphrase() -> str:
    """Return eight syllables in pairs, without accents: easy to write down, to read out and to type anywhere."""
    syllables = [secrets.choice(_ONSETS) + secrets.choice(_RIMES) for _ in range(SYLLABLES)]
    return " ".join(f"{first}-{second}" for first, second in zip(syllables[::2], syllables[1::2], strict=True))


def passphrase_bytes(text: str) -> bytes:
    """Return what the keys are made from: case, blanks and hyphens between words do not count.

    Raises UserError ``rescue_passphrase_short``.
    """
    words = unicodedata.normalize("NFC", text).casefold().replace("-", " ").split()
    joined = " ".join(words)
    if len(joined) < SHORTEST:
        raise UserError(
            "rescue_passphrase_short",
            f"Mật khẩu của tệp phải có ít nhất {SHORTEST} chữ. Hãy nhập dài hơn hoặc để chương trình đặt giúp.",
        )
    return joined.encode()
