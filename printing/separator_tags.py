"""The tags by which a separator is known for one, even when its QR cannot be read (AprilTag 36h11)."""

from __future__ import annotations

from typing import Final

COVER_TAG: Final = ("########", "###..###", "#.###..#", "##..#..#", "##...#.#", "#..#####", "##.#..##", "########")
STICKER_TAG: Final = ("########", "##.###.#", "#.#.##.#", "#.####.#", "#.....##", "######.#", "#.#.#..#", "########")
"""Tags 17 and 29 of the family, row by row; ``#`` is dark."""

WHOLE_DOSSIER: Final = "Toàn bộ hồ sơ (chọn thành phần khi quét)"
"""Stands where a separator names no paper."""
