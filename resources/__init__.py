"""Files that ship with the program: fonts, form sets, starter catalogue, calendars.

Read through :mod:`importlib.resources`, so that they are found in a wheel or a frozen program too.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files


def read_bytes(*parts: str) -> bytes:
    """Contents of a shipped file, e.g. ``read_bytes("fonts", "Tinos-Regular.ttf")``."""
    return files(__name__).joinpath(*parts).read_bytes()


def names(*parts: str, suffix: str = "") -> Iterator[str]:
    """Names of the files in a shipped folder that end with *suffix*, sorted."""
    folder = files(__name__).joinpath(*parts)
    yield from sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(suffix))


def text_of(*parts: str) -> str:
    """A shipped UTF-8 text, e.g. ``text_of("calendars.json")``."""
    return read_bytes(*parts).decode("utf-8")
