"""Does the portal already hold what a message says? Asked after an outcome that was not seen.

Keys as in portal-protocol.md section 5: a dossier by ``MaHoSo``, a step by ``MaHoSo + ThoiDiemXuLy +
TrangThai``, a named document by its digest.
"""

from __future__ import annotations

import json
from typing import Any, Final

from counter_app.sync.client import PortalDossier
from counter_app.sync.messages import MessageKind

_MARKS_OF_OURS: Final = ("MaTTHC", "NgayTiepNhan", "ChuHoSo")
_DOCUMENT_LISTS: Final = {"TaiLieuNop": "TepDinhKemId", "DanhSachGiayToKetQua": "GiayToId"}


def is_ours(payload: bytes, found: PortalDossier) -> bool:
    """Tell whether the dossier that the portal holds under our code is the one that we made.

    Compared are the values that no later processing changes (procedure, time of receipt, applicant); the handling
    unit is none of them, as a handing over changes it. A value that the portal does not give back decides nothing.
    """
    sent = json.loads(payload)
    return all(name not in found.fields or found.fields[name] == sent.get(name) for name in _MARKS_OF_OURS)


def holds(kind: MessageKind, payload: bytes, found: PortalDossier) -> bool:
    """Tell whether the portal holds the content of a create, update or step message.

    An update whose fields differ in any way counts as not there: sending it again does no harm.
    """
    sent = json.loads(payload)
    if kind is MessageKind.STEP:
        return any(
            step.get("ThoiDiemXuLy") == sent["ThoiDiemXuLy"] and step.get("TrangThai") == sent["TrangThai"]
            for step in found.steps
        )
    if kind is MessageKind.CREATE:
        return is_ours(payload, found)
    return all(_same(name, value, found.fields.get(name)) for name, value in sent.items())


def _same(name: str, sent: Any, found: Any) -> bool:
    key = _DOCUMENT_LISTS.get(name)
    if key is None:
        return bool(sent == found)
    held = {entry.get(key) for entry in found or () if isinstance(entry, dict)}
    return all(entry[key] in held for entry in sent)
