"""The shelf on which the papers of a dossier lie: noted inside the unit of work of whatever moves them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, ShelfMove
from counter_app.services.free_text import plain
from counter_app.services.search_text import search_text

LONGEST = 40
"""Letters on a shelf's label."""

FROM_SHELF = "from_shelf"
"""The key in the details of an event by which the papers left their shelf."""


def put(session: Session, dossier: Dossier, shelf: str, at: datetime, actor: str) -> bool:
    """Inside the caller's unit of work; answers whether the papers lay elsewhere before.

    Raises UserError ``shelf_invalid``.
    """
    place = shelf_name(shelf)
    if place == dossier.shelf:
        return False
    session.add(ShelfMove(dossier_id=dossier.id, at=at, actor=actor, shelf_before=dossier.shelf, shelf_after=place))
    dossier.shelf = place
    dossier.search_text = search_text(dossier)
    return True


def leave(session: Session, dossier: Dossier, at: datetime, actor: str) -> dict[str, str]:
    """The papers go: no shelf has them any more. What the event keeps of it, so that it can be taken back."""
    shelf = dossier.shelf
    return {FROM_SHELF: shelf} if put(session, dossier, "", at, actor) else {}


def shelf_name(shelf: str) -> str:
    """A shelf's label as it is kept: capitals, single blanks. Raises UserError ``shelf_invalid``."""
    place = " ".join(plain(shelf).upper().split())
    if len(place) > LONGEST:
        raise UserError("shelf_invalid", f"Vị trí để hồ sơ dài quá {LONGEST} chữ. Hãy ghi ngắn lại, ví dụ «K2-N3».")
    return place
