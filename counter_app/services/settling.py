"""Which office settles a dossier, where that is not the desk's own: it signs the letters and answers for the date.

Another office settles once it has signed for the dossier on an interlinked list, and goes on doing so when the papers
are back, until a unit of the desk's own office has them. Before that it is the one that the portal names.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from counter_app.errors import UserError
from counter_app.models import Dossier, HandoverItem, HandoverList, Office


def settling_office(dossier: Dossier, office: Office) -> str:
    """The other office that settles this dossier; "" where ``office``, the desk's own, does."""
    session = object_session(dossier)
    if session is None or dossier.id is None:
        return _told(dossier, office)
    return settling_offices(session, [dossier.id], office).get(dossier.id, "")


def settling_offices(session: Session, ids: Sequence[int], office: Office) -> dict[int, str]:
    """By dossier (at most some hundreds), for those that another office than ``office`` settles: its name."""
    told = select(Dossier).where(Dossier.id.in_(ids), Dossier.portal_told.is_not(None))
    found = {dossier.id: _told(dossier, office) for dossier in session.scalars(told)}
    signed_for = (
        select(HandoverItem.dossier_id, HandoverList.to_unit, HandoverList.office_code, Dossier.unit)
        .join(HandoverList, HandoverList.id == HandoverItem.list_id)
        .join(Dossier, Dossier.id == HandoverItem.dossier_id)
        .where(HandoverItem.dossier_id.in_(ids), HandoverItem.state == "confirmed", HandoverList.direction == "out")
        .order_by(HandoverItem.decided_at, HandoverItem.id)
    )
    for dossier_id, unit, office_code, held_by in session.execute(signed_for):
        elsewhere = office_code not in ("", office.code) and held_by in ("", unit)
        found[dossier_id] = unit if elsewhere else ""
    return {dossier_id: name for dossier_id, name in found.items() if name}


def refuse_one_signer(session: Session, ids: Sequence[int], office: Office, signer: str) -> None:
    """Whoever signs for one office signs for no other: UserError ``signer_of_one_office``."""
    elsewhere = settling_offices(session, ids, office) if signer else {}
    offices = sorted({elsewhere.get(dossier_id, office.name) for dossier_id in ids}) if elsewhere else []
    if len(offices) > 1:
        raise UserError(
            "signer_of_one_office",
            f"Các hồ sơ do nhiều cơ quan giải quyết ({', '.join(offices)}) nên không cùng một người ký. "
            "Hãy làm riêng từng cơ quan, hoặc để trống người ký.",
        )


def _told(dossier: Dossier, office: Office) -> str:
    """DonViXuLy of a dossier that came by the portal; some portals give the office's code there."""
    told = str((dossier.portal_told or {}).get("DonViXuLy") or "").strip()
    return "" if told.casefold() in {office.name.casefold(), office.code.casefold()} else told
