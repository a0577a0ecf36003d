"""What the clerk of the model does at the desk, and what the rules and a full disk may say to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sync_world import World
from world_checks import written

from counter_app.errors import KnownError, UserError
from counter_app.models import Dossier
from counter_app.rules.lifecycle import Status, Step, permitted_steps
from counter_app.services.attach import attach
from counter_app.services.correct import correct, correctable
from counter_app.services.receive import receive
from counter_app.services.steps import ELSEWHERE, StepInput, take_step
from counter_app.services.values import ComponentIn
from tests.catalogue_samples import HOURS, request, write_pdf

REFUSALS = {"impossible_time", "apology_repeated", "new_due_invalid", "new_due_missing", "dossier_unknown"}
"""What the rules may say: to a wrong clock, to a second letter, of an online dossier that has not come in yet."""
NAMES = ("Y Bhiăo Êban", "Nguyễn Thị Dung")
EVERY = timedelta(seconds=8)
"""The desk works at every eighth second and the portal between, so that steps put off by a second or two stay apart."""
WORKS = ("step", "attach", "attach_result", "correct", "receive")


@dataclass(frozen=True)
class Work:
    """One thing to do: one of WORKS, which of the possible steps or entries, with which paper."""

    what: str
    choice: int = 0
    paper: int = 0


class Clerk:
    """Works at one world's desk; each thing done takes its time."""

    def __init__(self, world: World) -> None:
        self._world = world

    def do(self, code: str, work: Work) -> bool:
        """Do it with this dossier, or receive another one like it; whether the rules let it be done."""
        match work.what:
            case "step":
                return self.step(code, work.choice)
            case "attach" | "attach_result":
                return self.attach(code, work.paper, as_result=work.what == "attach_result")
            case "correct":
                return self.correct(code, work.choice)
            case _:
                return bool(self.receive([work.paper]))

    def receive(self, papers: Sequence[int] = (), *, lacks: bool = False) -> str:
        """A dossier with these papers scanned, or without its paper and with a supplement request; its code."""
        self._world.wait(EVERY)
        if lacks:
            wanted = request(HOURS, components=(), supplement_reason="Thiếu tờ khai")
        else:
            wanted = request(HOURS, components=(ComponentIn("TP01", 1, 0, tuple(map(self._paper, papers))),))
        return receive(self._world.desk, wanted).code

    def step(self, code: str, choice: int) -> bool:
        """One of the steps that the dossier's status permits; whether one was taken."""
        self._world.wait(EVERY)
        with self._world.desk.database.read() as session:
            row = session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
            if row is None:  # on line, and not come in yet
                return False
            status, due = Status(row.status), row.due
        possible = [one for one in permitted_steps(status) if one not in ELSEWHERE]
        if not possible:
            return False
        step = possible[choice % len(possible)]
        put_off = due + timedelta(hours=1) if step is Step.APOLOGISE and due is not None else None
        given = StepInput(reason="Theo quy định", again="Còn thiếu", unit="Phòng Tư pháp", new_due=put_off)
        return _unless_refused(lambda: take_step(self._world.desk, code, step, given))

    def attach(self, code: str, paper: int, *, as_result: bool) -> bool:
        """A scan of a paper or of the result; whether it could be."""
        self._world.wait(EVERY)
        target = {"result": "KQ01"} if as_result else {"component": "TP01"}
        return _unless_refused(lambda: attach(self._world.desk, code, [self._paper(paper)], **target))

    def correct(self, code: str, choice: int) -> bool:
        """Another phone number or name of the applicant, or another note; whether it could be."""
        self._world.wait(EVERY)
        desk, now = self._world.desk, f"{self._world.now:%H%M%S}"

        def work() -> None:
            entries = correctable(desk, code).entries
            person = entries.applicant
            wanted = (
                replace(entries, note=f"Ghi chú lúc {now}"),
                replace(entries, applicant=replace(person, phone=f"0912{now}")),
                replace(entries, applicant=replace(person, name=NAMES[person.name == NAMES[0]])),
            )[choice % 3]
            correct(desk, code, wanted, "Gõ nhầm")

        return _unless_refused(work)

    def do_without_room(self, code: str, work: Work) -> None:
        """Do it on a full disk: done whole, or refused in clear words with nothing written, and done with room."""
        before = written(self._world.desk)
        with self._world.full_disk():
            trouble = trouble_of(lambda: self.do(code, work))
        if trouble is not None:
            check_disk_full(trouble)
            assert written(self._world.desk) == before
            self.do(code, work)

    def _paper(self, number: int) -> Path:
        return write_pdf(self._world.scratch / f"giấy {number}.pdf", pages=8)


def _unless_refused(work: Callable[[], object]) -> bool:
    try:
        work()
    except UserError as refusal:
        if refusal.kind not in REFUSALS:
            raise
        return False
    return True


def trouble_of(work: Callable[[], object]) -> KnownError | None:
    """The known trouble in which the work ended, if it did."""
    try:
        work()
    except KnownError as trouble:
        return trouble
    return None


def check_disk_full(trouble: KnownError) -> None:
    """Told as what it is, and what to do."""
    assert trouble.kind == "disk_full", trouble.message
    assert "Ổ đĩa đã đầy" in trouble.message
