"""What the adapter to profile 2 has to know and to remember beyond a message: codes, files, the papers handed in.

The adapter itself keeps nothing: each name that the portal gives is written down, in a unit of work of its own,
before the call that uses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from counter_app.sync.messages import ApplicantKind

FILE_MARK: Final = "IdTepTin:"
"""Stands before a file's identifier where other portals have an address, and tells it from those."""


@dataclass(frozen=True)
class PortalName:
    """A dossier's names at the portal: ``code`` (MaHoSo) and ``record_id`` (IdHoSo); "" where it has none yet."""

    code: str = ""
    record_id: str = ""


@dataclass(frozen=True)
class FiledComponent:
    """A component as received: how many originals and copies lay on the desk."""

    code: str
    name: str
    originals: int
    copies: int


@dataclass(frozen=True)
class FiledPaper:
    """A document of a component that the portal holds whole, by the identifier that it gave."""

    component_code: str
    file_name: str
    file_id: str
    sha256: str


@dataclass(frozen=True)
class Filing:
    """What of a dossier its record in profile 1 does not say: who handed it in, and the components one by one."""

    submitter_name: str
    submitter_kind: ApplicantKind
    components: tuple[FiledComponent, ...]
    papers: tuple[FiledPaper, ...]


class PortalBook(Protocol):
    """The desk's own record of these names, by the desk's dossier code. Safe for several threads."""

    def name_of(self, code: str) -> PortalName:
        """Return the names of a dossier at the portal."""

    def keep_code(self, code: str, portal_code: str) -> str:
        """Write the portal's code down and return the one that holds: the first that was kept.

        Raises Refused ``portal_code_repeated`` when another dossier of the desk bears it.
        """

    def keep_record_id(self, code: str, record_id: str) -> None:
        """Write down how the portal names its record of the dossier."""

    def filing(self, code: str) -> Filing:
        """Return what goes into the create beside the message."""

    def comes_too_late(self, code: str, sha256: str) -> bool:
        """Tell whether the create of a dossier has gone without this file.

        A result is never too late: it is named with the status.
        """
