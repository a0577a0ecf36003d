"""The letters that a test page shows."""

from __future__ import annotations

from unicodedata import normalize

_VOWELS = "aăâeêioôơuưy"
_CONSONANTS = "b c d đ g h k l m n p q r s t v x   f j w z"
"""The last four in names from abroad."""
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


def sample_lines() -> list[str]:
    """Every Vietnamese letter with every tone, the Ê Đê letters, digits and marks."""
    lower = [" ".join(normalize("NFC", vowel + tone) for tone in _TONES) for vowel in _VOWELS]
    rows = ["   ".join(lower[start : start + 3]) for start in range(0, len(lower), 3)] + [_CONSONANTS]
    return [
        *rows,
        *(row.upper() for row in rows),
        "Ê Đê: ƀ Ƀ č Č ĕ Ĕ ê̆ Ê̆ ĭ Ĭ ñ Ñ",
        "ŏ Ŏ ô̆ Ô̆ ơ̆ Ơ̆ ŭ Ŭ ư̆ Ư̆",
        "H' Ngăm Niê Kdăm, buôn Akŏ Dhông, Čư M'gar, Krông Năng",
        "0123456789 . , ; : ! ? “ ” ‘ ’ – — … ( ) / % & @ # ₫ §",
    ]
