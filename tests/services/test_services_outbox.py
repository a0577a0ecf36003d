"""The queue as the sync page reads it: ids in order, pages of rows without payloads, what waits in numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from counter_app.models import Document, OutboxMessage
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.outbox import (
    OutboxItem,
    Shown,
    list_outbox,
    outbox_ids,
    outbox_items,
    outbox_load,
    retry_all,
)
from counter_app.services.receive import receive
from counter_app.settings import with_changes
from tests.catalogue_samples import DUNG, full_request, request, write_pdf
from tests.conftest import Clock


@pytest.fixture
def codes(desk: DeskContext, clock: Clock, tmp_path: Path) -> tuple[str, str]:
    """Two dossiers; the second with a document."""
    first = receive(desk, full_request()).code
    clock.move(minutes=1)
    second = receive(desk, request(applicant=DUNG)).code
    attach(desk, second, [write_pdf(tmp_path / "đơn.pdf")], component="TP01")
    return first, second


def change(desk: DeskContext, code: str, kind: str, **values: object) -> None:
    with desk.database.write() as session:
        session.execute(
            update(OutboxMessage).where(OutboxMessage.dossier_code == code, OutboxMessage.kind == kind).values(**values)
        )


def shown(desk: DeskContext, which: Shown = Shown.ALL) -> list[OutboxItem]:
    return outbox_items(desk, tuple(outbox_ids(desk, which)))


def test_what_needs_a_person_comes_first_and_what_is_done_not_at_all(desk: DeskContext, codes: tuple[str, str]) -> None:
    first, second = codes
    assert [(item.dossier_code, item.kind) for item in shown(desk)] == [
        (first, "create"),
        (second, "create"),
        (second, "upload"),
    ]
    change(desk, second, "create", state="needs_attention", error_code="03")
    assert [item.dossier_code for item in shown(desk)] == [second, first, second]
    change(desk, first, "create", state="done")
    assert [item.kind for item in shown(desk)] == ["create", "upload"]


def test_a_choice_of_messages(desk: DeskContext, codes: tuple[str, str]) -> None:
    change(desk, codes[0], "create", state="needs_attention")
    assert [item.dossier_code for item in shown(desk, Shown.ATTENTION)] == [codes[0]]
    assert [item.kind for item in shown(desk, Shown.RECORDS)] == ["create", "create"]
    assert [item.file_name for item in shown(desk, Shown.DOCUMENTS)] == ["đơn.pdf"]


def test_a_document_says_its_file_and_how_far_it_is(desk: DeskContext, codes: tuple[str, str]) -> None:
    with desk.database.write() as session:
        document = session.scalars(select(Document)).one()
        document.upload_offset = 100
        size = document.size
    (item,) = shown(desk, Shown.DOCUMENTS)
    assert (item.file_name, item.size, item.sent) == ("đơn.pdf", size, 100)


def test_what_waits_behind_another_message_is_told(desk: DeskContext, codes: tuple[str, str]) -> None:
    record, document = [item for item in shown(desk) if item.dossier_code == codes[1]]
    assert (record.held_back, document.held_back, document.held_by_trouble) == (False, True, False)
    change(desk, codes[1], "create", state="needs_attention")
    document = next(item for item in shown(desk) if item.kind == "upload")
    assert (document.held_back, document.held_by_trouble) == (True, True)
    change(desk, codes[1], "create", state="done")
    (document,) = shown(desk, Shown.DOCUMENTS)
    assert (document.held_back, document.held_by_trouble) == (False, False)


def test_rows_are_read_in_the_order_asked_and_one_that_is_gone_is_left_out(
    desk: DeskContext, codes: tuple[str, str]
) -> None:
    ids = list(outbox_ids(desk))
    assert [item.id for item in outbox_items(desk, [ids[2], 10_000, ids[0]])] == [ids[2], ids[0]]


def test_the_load_counts_dossiers_documents_and_the_bytes_that_are_left(
    desk: DeskContext, codes: tuple[str, str], clock: Clock
) -> None:
    with desk.database.read() as session:
        payloads = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind != "upload")).all()
        size = session.scalars(select(Document.size)).one()
    load = outbox_load(desk)
    assert (load.dossiers, load.documents, load.needs_attention) == (2, 1, 0)
    assert load.bytes_left == sum(map(len, payloads)) + size
    assert load.oldest_waiting_at is not None
    assert (clock.now - load.oldest_waiting_at).total_seconds() == 60

    with desk.database.write() as session:
        session.execute(update(Document).values(upload_offset=size - 7))
    change(desk, codes[0], "create", state="needs_attention")
    change(desk, codes[1], "create", state="sending")
    load = outbox_load(desk)
    assert (load.dossiers, load.documents, load.needs_attention) == (1, 1, 1)
    assert load.bytes_left == len(payloads[1]) + 7


def test_what_a_rescue_file_carries_is_shown_and_counted_apart(desk: DeskContext, codes: tuple[str, str]) -> None:
    change(desk, codes[1], "create", state="held")
    assert [(item.state, item.held_back) for item in shown(desk)] == [
        ("waiting", False),
        ("held", False),
        ("waiting", True),
    ]
    load = outbox_load(desk)
    assert (load.dossiers, load.documents, load.held, load.needs_attention) == (1, 1, 1, 0)


def test_a_portal_that_takes_documents_first_holds_none_back(desk: DeskContext, codes: tuple[str, str]) -> None:
    other = replace(desk, settings=with_changes(desk.settings, portal={"profile": 2}))
    assert [item.held_back for item in shown(other, Shown.DOCUMENTS)] == [False]


def test_an_empty_queue_is_no_load(desk: DeskContext) -> None:
    load = outbox_load(desk)
    assert (load.dossiers, load.documents, load.bytes_left, load.oldest_waiting_at) == (0, 0, 0, None)


def test_everything_that_was_refused_is_sent_again_at_once(desk: DeskContext, codes: tuple[str, str]) -> None:
    for code in codes:
        change(desk, code, "create", state="needs_attention", error_code="02")
    assert retry_all(desk) == 2
    assert {row.state for row in list_outbox(desk)} == {"waiting"}
    assert retry_all(desk) == 0
