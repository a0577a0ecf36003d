"""SIGKILL in the middle of work: what was answered is there, whole and told to the portal once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from counter_app.models import Document, Dossier, DossierComponent, DossierEvent, OutboxMessage
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.verify import verify

ROOT = Path(__file__).parents[2]
RECEIVER = Path(__file__).parent / "storage_receiver.py"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


def killed_at_random(directory: Path, scratch: Path, chance: random.Random) -> list[str]:
    """Let the desk receive some dossiers, kill it somewhere in the next; the codes that it answered."""
    program = subprocess.Popen(
        [sys.executable, str(RECEIVER), str(directory), str(scratch)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert program.stdout is not None
    codes = [program.stdout.readline().strip() for _ in range(chance.randint(1, 4))]
    try:
        program.wait(timeout=chance.random() * 0.03)
    except subprocess.TimeoutExpired:
        program.send_signal(signal.SIGKILL)
    rest, _ = program.communicate(timeout=30)
    assert program.returncode == -signal.SIGKILL
    codes += rest.splitlines()
    assert all(codes)
    return codes


def assert_whole(desk: DeskContext, answered: list[str]) -> None:
    assert verify(desk).problems == ()
    with desk.database.read() as session:
        dossiers = session.scalars(select(Dossier)).all()
        codes = [dossier.code for dossier in dossiers]
        assert len(codes) == len(set(codes))
        assert set(answered) <= set(codes), "an answer was given for a dossier that is not there"
        for dossier in dossiers:
            of = {
                model: session.scalar(select(func.count()).where(model.dossier_id == dossier.id))
                for model in (DossierComponent, DossierEvent, Document)
            }
            kinds = list(
                session.scalars(
                    select(OutboxMessage.kind)
                    .where(OutboxMessage.dossier_id == dossier.id)
                    .order_by(OutboxMessage.number)
                )
            )
            events = [event.step for event in dossier.events]
            whole = {
                ("receive",): (1, 1, ["create", "upload"]),
                ("receive", "hand_over"): (1, 1, ["create", "upload", "step", "update"]),
                ("receive", "hand_over", "attach"): (1, 2, ["create", "upload", "step", "update", "upload"]),
            }[tuple(events)]
            assert (of[DossierComponent], of[Document], kinds) == whole, dossier.code
            assert of[DossierEvent] == len(events)


def test_killed_five_times_at_work(directory: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    answered: list[str] = []
    for _ in range(5):
        answered += killed_at_random(directory, tmp_path, chance)
        desk = open_desk(directory)
        assert_whole(desk, answered)
        desk.close()
    assert len(answered) == len(set(answered)) >= 5
