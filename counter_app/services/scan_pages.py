"""Pages of a tray as they are sent to become documents."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol


class ScannedPage(Protocol):
    """What a job keeps of a page of a tray (``scanning.tray.TrayPage``)."""

    @property
    def id(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def dpi(self) -> int: ...
    @property
    def turn(self) -> int: ...
    @property
    def angle(self) -> float: ...
    @property
    def crop(self) -> tuple[int, int, int, int] | None: ...


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page as it goes into the document: image, and how it is turned, straightened and cut."""

    id: str
    file: str
    dpi: int
    turn: int
    angle: float
    crop: tuple[int, int, int, int] | None

    @classmethod
    def of(cls, page: ScannedPage) -> JobPage:
        return cls(**{field.name: getattr(page, field.name) for field in fields(cls)})


@dataclass(frozen=True, slots=True)
class ScanGroup:
    """Pages that make one document of a component or of a result of a dossier."""

    dossier: str
    component: str
    result: str
    pages: tuple[JobPage, ...]
