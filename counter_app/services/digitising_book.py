"""The office's word on each kind of paper, as a book that is read once for many dossiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from counter_app.models import DigitisingRule, DigitisingState, Dossier, Procedure
from counter_app.rules.digitising import Decision, PaperKind, Treatment, decide, decide_result

Place = tuple[str, str]
"""Kind and code of a paper within its procedure or dossier."""


@dataclass(frozen=True, slots=True)
class OfficeRule:
    """What the office says of a kind of paper."""

    treatment: Treatment
    valid_months: int | None


class RuleBook:
    """All rules of the office; a paper without one is judged by its name, then by the default."""

    def __init__(self, rows: Sequence[DigitisingRule]) -> None:
        self._rules = {
            (row.procedure_code, row.kind, row.code): OfficeRule(Treatment(row.treatment), row.valid_months)
            for row in rows
        }
        general = self._rules.get(("", PaperKind.COMPONENT, ""))
        self.default = general.treatment if general is not None else Treatment.SCAN

    def rule(self, procedure_code: str, place: Place) -> OfficeRule | None:
        """The rule for a paper; one for all results of the procedure holds where a result has none."""
        kind, code = place
        found = self._rules.get((procedure_code, kind, code))
        return self._rules.get((procedure_code, kind, "")) if found is None and kind == PaperKind.RESULT else found

    def component(
        self, procedure_code: str, code: str, name: str, originals: int, copies: int, own: Treatment | None = None
    ) -> Decision:
        """How a component is treated; ``own`` is the dossier's own word."""
        rule = self.rule(procedure_code, (PaperKind.COMPONENT, code))
        said = rule.treatment if rule is not None else None
        return decide(name, originals, copies, own=own, rule=said, default=self.default)

    def result(
        self, procedure_code: str, code: str, name: str, *, on_the_spot: bool, own: Treatment | None = None
    ) -> Decision:
        """How a result is treated."""
        rule = self.rule(procedure_code, (PaperKind.RESULT, code))
        return decide_result(name, own=own, rule=rule.treatment if rule else None, on_the_spot=on_the_spot)


def read_book(session: Session) -> RuleBook:
    """The rules as they are now."""
    return RuleBook(session.scalars(select(DigitisingRule)).all())


def forget_dossier(session: Session, dossier_id: int) -> None:
    """Have a dossier's state worked out anew: a file came in without an event of its history."""
    session.execute(_STALE.where(DigitisingState.dossier_id == dossier_id))


def forget_procedure(session: Session, procedure_code: str) -> None:
    """Have the states of a procedure's dossiers, whatever its version, worked out anew; "" is every procedure."""
    query = _STALE
    if procedure_code:
        dossiers = select(Dossier.id).join(Procedure).where(Procedure.code == procedure_code)
        query = query.where(DigitisingState.dossier_id.in_(dossiers))
    session.execute(query.execution_options(synchronize_session=False))


_STALE = update(DigitisingState).values(revision=-1)
"""No dossier has this revision; the old state stays to be seen until the new one is there."""
