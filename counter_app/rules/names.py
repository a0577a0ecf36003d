"""Names as they are kept, and as they are searched."""

from __future__ import annotations

import unicodedata

_WITHOUT_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʻ`´′＇"))
# Letters that do not decompose into a base letter and a mark: Vietnamese, Ê Đê, M'nông, and look-alikes.
_BASE_LETTERS = str.maketrans("đðɖɗƀɓłøŋı", "ddddbbloni")


def fold(text: str) -> str:
    """Return the search form: lower case, no accents, đ as d, no apostrophes, single blanks.

    Letters of Ê Đê and M'nông fold too: ``H' Ƀlŏng Êban`` gives ``h blong eban``.
    """
    lowered = unicodedata.normalize("NFKD", text.translate(_WITHOUT_APOSTROPHES)).casefold()
    bare = "".join(char for char in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(char))
    return " ".join(bare.translate(_BASE_LETTERS).split())


def normalise_name(text: str) -> str:
    """Return the name in NFC with single blanks and none at the ends; its letters stay as they are."""
    return " ".join(unicodedata.normalize("NFC", text).split())
