"""The updates that name uploaded documents: written for many dossiers at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from counter_app.models import Document, Dossier
from counter_app.services.desk import DeskContext
from counter_app.services.portal_link import NamingQueue
from counter_app.services.receive import receive
from tests.catalogue_samples import request, write_pdf
from tests.services.inspect_desk import messages, payloads


@contextmanager
def counted(desk: DeskContext) -> Iterator[list[str]]:
    """The statements that are carried out meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", note)


def received(desk: DeskContext, folder: Path, number: int) -> list[str]:
    """So many dossiers with a scan each, which the portal holds whole."""
    files = [write_pdf(folder / f"{one}.pdf", pages=one + 1) for one in range(number)]
    codes = [receive(desk, request(files=(file,))).code for file in files]
    with desk.database.write() as session:
        for row in session.scalars(select(Document)):
            row.upload_url, row.uploaded_at = f"http://portal/files/{row.id}", desk.clock()
    return codes


def name(desk: DeskContext, codes: list[str]) -> list[str]:
    """Queue the updates of these dossiers; the statements that it took."""
    with counted(desk) as seen, desk.database.write() as session:
        ids = session.scalars(select(Dossier.id).where(Dossier.code.in_(codes))).all()
        NamingQueue(desk)(session, ids, desk.clock())
    return seen


def test_each_dossier_gets_one_update_behind_its_other_messages(desk: DeskContext, tmp_path: Path) -> None:
    codes = received(desk, tmp_path, 3)
    name(desk, codes[:2])
    for code in codes[:2]:
        assert [(one.number, one.kind) for one in messages(desk, code)] == [(1, "create"), (2, "upload"), (3, "update")]
        (update,) = payloads(desk, code, "update")
        assert update["MaHoSo"] == code
        assert len(update["TaiLieuNop"]) == 1
    named = [payloads(desk, code, "update")[0]["TaiLieuNop"][0]["DuongDanTaiTepTin"] for code in codes[:2]]
    assert named == ["http://portal/files/1", "http://portal/files/2"]
    assert [one.kind for one in messages(desk, codes[2])] == ["create", "upload"]


def test_many_dossiers_take_as_many_statements_as_one(desk: DeskContext, tmp_path: Path) -> None:
    codes = received(desk, tmp_path, 12)
    assert len(name(desk, codes[:1])) == len(name(desk, codes[1:])) > 5
