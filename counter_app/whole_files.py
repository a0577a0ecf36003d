"""Files written whole or not at all: a temporary name, synced, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path

PART_SUFFIX = ".part"
"""Of what is not whole yet; left behind by a kill alone."""


@contextmanager
def whole_file(path: Path) -> Iterator[BufferedRandom]:
    """Write ``path``, over what was there; a kill at any moment leaves the old file or the new one.

    Raises OSError. That the new name outlives a power cut is for ``sync_folder`` to see to.
    """
    partial = path.with_name(path.name + PART_SUFFIX)
    try:
        with partial.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        with suppress(OSError):
            partial.unlink()


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk; Windows does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
