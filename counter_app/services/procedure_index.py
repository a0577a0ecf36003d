"""Type-ahead over the procedures: accents optional, typos forgiven, no database."""

from __future__ import annotations

from collections.abc import Sequence

from counter_app.rules.identity import fold
from counter_app.services.values import ProcedureHit

FORGIVING_FROM = 3
"""Letters from which a mistyped word is forgiven; shorter ones must match as typed."""
GOOD_ENOUGH = 72.0
"""Similarity (0 to 100) below which a mistyped text is taken for another procedure."""


class ProcedureIndex:
    """Procedures with their folded names, the most used first; made once and after each import."""

    def __init__(self, entries: Sequence[tuple[ProcedureHit, str]]) -> None:
        self._hits = [hit for hit, _ in entries]
        self._texts = [f"{hit.code} {folded}" for hit, folded in entries]
        self._words = [text.split() for text in self._texts]

    def all(self) -> list[ProcedureHit]:
        return list(self._hits)

    def search(self, text: str, limit: int = 20) -> list[ProcedureHit]:
        """Procedures whose words begin with the words of ``text``; failing that, the most similar ones."""
        wanted = fold(text).split()
        if not wanted:
            return self._hits[:limit]
        exact = [number for number, words in enumerate(self._words) if _all_begin(wanted, words)]
        exact.sort(key=lambda number: _rank(wanted, self._texts[number]))
        found = exact[:limit]
        if len(found) < limit and len("".join(wanted)) >= FORGIVING_FROM and not exact:
            found = self._similar(" ".join(wanted), limit)
        return [self._hits[number] for number in found]

    def _similar(self, text: str, limit: int) -> list[int]:
        from rapidfuzz import fuzz, process

        matches = process.extract(text, self._texts, scorer=fuzz.partial_ratio, limit=limit, score_cutoff=GOOD_ENOUGH)
        return [number for _, _, number in matches]


def _all_begin(wanted: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in wanted)


def _rank(wanted: Sequence[str], text: str) -> tuple[int, int]:
    """The words side by side and in order come first, then the shorter name (the plain case of a procedure)."""
    return (0 if " ".join(wanted) in text else 1, len(text))
