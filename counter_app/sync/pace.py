"""How fast the line takes bytes, and so how long one PATCH, and one block of it, may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

PATCH_SECONDS: Final = 30.0
"""Line time of one PATCH: each costs a round trip, and a cut may cost all of it where a proxy holds it back."""
BLOCK_SECONDS: Final = 0.1
"""Line time of one block: a record that comes due goes before the next one."""
FIRST_PATCH: Final = 256 * 1024
SMALLEST_PATCH: Final = 64 * 1024
LARGEST_PATCH: Final = 8 * 1024 * 1024
SMALLEST_BLOCK: Final = 2 * 1024
LARGEST_BLOCK: Final = 64 * 1024
WIDE_FROM: Final = 96 * 1024
THIN_BELOW: Final = 64 * 1024
"""Bytes a second and document from which on a line is no thin one, and below which it is one again."""
TELLING: Final = 16 * 1024
"""Bytes from which on a time tells something of the line rather than of the portal."""


class Pace:
    """What the uploads of one client have learnt of the line; ``fixed``: a PATCH of always so many bytes.

    Used by several threads: what they write is a measurement each, and the last one holds.
    """

    def __init__(self, fixed: int = 0) -> None:
        if fixed < 0:
            raise ValueError("a PATCH has at least one byte")
        self._fixed = fixed
        self._rate: float | None = None
        self._most = LARGEST_PATCH
        self.is_thin = True
        """Thin until it has shown that it is not: a record's wait matters more than a first document's time."""

    def patch_bytes(self) -> int:
        """How many bytes the next PATCH may carry."""
        if self._fixed:
            return self._fixed
        if self._rate is None:
            return min(FIRST_PATCH, self._most)
        return max(SMALLEST_PATCH, min(self._most, int(self._rate * PATCH_SECONDS)))

    def block_bytes(self) -> int:
        """How many bytes may go before others are asked whether they have something more urgent."""
        if self._rate is None:
            return SMALLEST_BLOCK
        return max(SMALLEST_BLOCK, min(LARGEST_BLOCK, int(self._rate * BLOCK_SECONDS)))

    def took(self, length: int, seconds: float) -> None:
        """So many bytes went in so many seconds (pauses not counted)."""
        if length < TELLING:
            return
        rate = length / max(seconds, 0.001)
        self._rate = rate if self._rate is None else (self._rate + rate) / 2
        self.is_thin = self._rate < (WIDE_FROM if self.is_thin else THIN_BELOW)

    def lost(self, length: int) -> None:
        """A cut took so many bytes of one PATCH, of which the portal has kept none: shorter ones then."""
        self._most = max(SMALLEST_PATCH, min(self._most, length // 2))


class StoppedError(Exception):
    """Whoever watches over an upload wants it broken off between two blocks."""


class PacedBlocks:
    """The blocks of one request: ``go_on`` is asked before each, and the pauses that it takes are no line time."""

    def __init__(self, pace: Pace, go_on: Callable[[int], bool], monotonic: Callable[[], float]) -> None:
        self._pace = pace
        self._go_on = go_on
        self._monotonic = monotonic
        self._begun = monotonic()
        self._paused = 0.0

    def before(self, sent: int) -> int:
        """Return how long the next block may be; raises StoppedError when told to stop."""
        asked = self._monotonic()
        if not self._go_on(sent):
            raise StoppedError
        self._paused += self._monotonic() - asked
        return self._pace.block_bytes()

    def took(self, length: int) -> None:
        """The request came through: the line took so many bytes since the beginning."""
        self._pace.took(length, self._monotonic() - self._begun - self._paused)
