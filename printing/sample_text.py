"""The letters that a test page shows."""

from __future__ import annotations

from unicodedata import normalize

_VOWELS = "aăâeêioôơuưy"
_CONSONANTS = "b c d đ g h k l m n p q r s t v x   f j w z"
"""The last four in names from abroad."""
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


_EDE = (
    "Ê Đê: ƀ Ƀ č Č ĕ Ĕ ê̆ Ê̆ ĭ Ĭ ñ Ñ",
    "ŏ Ŏ ô̆ Ô̆ ơ̆ Ơ̆ ŭ Ŭ ư̆ Ư̆",
    "H' Ngăm Niê Kdăm, buôn Akŏ Dhông, Čư M'gar, Krông Năng",
)
_OTHERS = "0123456789 . , ; : ! ? “ ” ‘ ’ – — … ( ) / % & @ # ₫ §"


def sample_lines() -> list[str]:
    """Every Vietnamese letter with every tone, the Ê Đê letters, digits and marks."""
    return [*lower_lines(), *upper_lines(), *ede_lines(), _OTHERS]


def lower_lines() -> list[str]:
    """Vowels with every tone, and consonants."""
    lower = [" ".join(normalize("NFC", vowel + tone) for tone in _TONES) for vowel in _VOWELS]
    return [*("   ".join(lower[start : start + 3]) for start in range(0, len(lower), 3)), _CONSONANTS]


def upper_lines() -> list[str]:
    """The same as capitals."""
    return [line.upper() for line in lower_lines()]


def ede_lines() -> list[str]:
    """The letters of Ê Đê, in names too."""
    return list(_EDE)
