"""What the intake asks of the services, in the executor; they are loaded when they are first asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from counter_app.errors import UserError
from counter_app.services.values import ProcedureView, Received, ReceiveRequest, StepDone

if TYPE_CHECKING:
    from counter_app.services.procedure_index import ProcedureIndex

DRAFT_NAME = "intake"


def read_index(desk: Any) -> ProcedureIndex:
    """All procedures, to be found while one types."""
    from counter_app.services.catalogue import load_index

    return load_index(desk)


def read_procedure(desk: Any, generation: int, code: str) -> tuple[int, ProcedureView]:
    """A procedure, with the number of the question that it answers."""
    from counter_app.services.catalogue import get_procedure

    return generation, get_procedure(desk, code)


def read_draft(desk: Any) -> tuple[dict[str, Any] | None, ProcedureView | None]:
    """What was on the form when the program ended, and the procedure chosen on it."""
    from counter_app.services.catalogue import get_procedure
    from counter_app.services.drafts import load_draft

    draft = load_draft(desk, DRAFT_NAME)
    if draft is None or not draft.get("procedure"):
        return draft, None
    try:
        return draft, get_procedure(desk, draft["procedure"])
    except UserError:
        # Gone from the catalogue in the meantime: the person's data are still worth keeping.
        return draft, None


def write_draft(desk: Any, draft: dict[str, Any] | None) -> None:
    """Keep what is on the form; None: nothing to keep."""
    from counter_app.services.drafts import delete_draft, save_draft

    if draft is None:
        delete_draft(desk, DRAFT_NAME)
    else:
        save_draft(desk, DRAFT_NAME, draft)


def receive_form(desk: Any, request: ReceiveRequest) -> Received:
    """Take the dossier in; its draft goes."""
    from counter_app.services.receive import receive

    received = receive(desk, request)
    write_draft(desk, None)
    return received


def refuse_form(desk: Any, request: ReceiveRequest, reason: str, law: str) -> StepDone:
    """Refuse the dossier for ``reason`` by ``law``; its draft goes."""
    from counter_app.services.refuse import refuse_at_desk

    done = refuse_at_desk(desk, request, reason, law)
    write_draft(desk, None)
    return done
