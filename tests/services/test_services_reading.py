"""Reading: pages of the queue, late and soon late, search while one types, known applicants."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from counter_app.errors import UserError
from counter_app.models import Dossier
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.known_applicants import known_applicants
from counter_app.services.reading import counts, find, list_dossiers, queue_ids, queue_rows, show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import ApplicantData, QueueFilter
from tests.catalogue_samples import DUNG, HNGAM, HOURS, ON_THE_SPOT, YBHIAO, full_request, request
from tests.conftest import Clock
from tests.services.inspect_desk import refused


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=VIETNAM)


def all_pages(desk: DeskContext, wanted: QueueFilter, limit: int) -> list[str]:
    codes: list[str] = []
    after = ""
    while True:
        rows, after = list_dossiers(desk, wanted, limit=limit, after=after)
        assert len(rows) <= limit
        codes += [row.code for row in rows]
        if not after:
            return codes


@pytest.mark.parametrize("by", ["received_at", "due"])
@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 100])
def test_pages_over_ties_leave_nothing_out_and_repeat_nothing(
    many: DeskContext, by: str, newest_first: bool, limit: int
) -> None:
    wanted = QueueFilter(by=by, newest_first=newest_first)
    whole = [row.code for row in queue_rows(many, queue_ids(many, wanted))]
    assert len(whole) == 7
    assert all_pages(many, wanted, limit) == whole


@pytest.fixture(scope="module")
def many(prepared_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskContext]:
    """Seven dossiers at three moments: each moment is a tie."""
    clock = Clock()
    directory = tmp_path_factory.mktemp("nhiều") / "desk"
    shutil.copytree(prepared_directory, directory)
    desk = open_desk(directory, clock)
    for number in range(7):
        receive(desk, request(HOURS if number % 2 else ON_THE_SPOT))
        if number in (2, 4):
            clock.move(hours=1)
    yield desk
    desk.close()


def test_order_is_by_time_then_by_number(many: DeskContext) -> None:
    oldest = [row.code[-4:] for row in queue_rows(many, queue_ids(many, QueueFilter(newest_first=False)))]
    assert oldest == ["1001", "1002", "1003", "1004", "1005", "1006", "1007"]
    newest = [row.code[-4:] for row in queue_rows(many, queue_ids(many, QueueFilter()))]
    assert newest == oldest[::-1]


def test_rows_come_in_the_order_asked_and_what_is_gone_is_left_out(many: DeskContext) -> None:
    ids = list(queue_ids(many, QueueFilter()))
    assert [row.id for row in queue_rows(many, [ids[3], 999, ids[0], ids[5]])] == [ids[3], ids[0], ids[5]]
    assert queue_rows(many, []) == []


def test_cursor_of_an_unknown_dossier_is_refused(many: DeskContext) -> None:
    with refused("dossier_unknown", error=UserError):
        list_dossiers(many, QueueFilter(), after="H15.36-260310-1999")


def test_filter_by_status(desk: DeskContext) -> None:
    waiting, finished = receive(desk, request()).code, receive(desk, request()).code
    take_step(desk, finished, Step.FINISH, StepInput())
    by_status = {
        status: [row.code for row in list_dossiers(desk, QueueFilter(status=status))[0]]
        for status in ("received", "finished", "returned")
    }
    assert by_status == {"received": [waiting], "finished": [finished], "returned": []}
    assert [row.code for row in list_dossiers(desk, QueueFilter(scope="open"))[0]] == [waiting]


def codes(desk: DeskContext, scope: str, at: datetime) -> list[str]:
    return [row.code for row in list_dossiers(desk, QueueFilter(scope=scope, as_of=at))[0]]


def test_late_and_soon_late_as_of_a_moment(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request()).code
    soon_from = show(desk, code).row.due_soon_from
    assert soon_from == moment(13, 7)
    seen = {
        at: (codes(desk, "due_soon", at), codes(desk, "overdue", at))
        for at in (moment(12, 16), moment(13, 7), moment(13, 17), moment(13, 17, 1))
    }
    assert seen == {
        moment(12, 16): ([], []),
        moment(13, 7): ([code], []),
        moment(13, 17): ([code], []),
        moment(13, 17, 1): ([], [code]),
    }
    clock.set(16, 8)
    late = counts(desk)
    assert (late.open, late.overdue, late.due_soon, late.today) == (1, 1, 0, 0)
    take_step(desk, code, Step.FINISH, StepInput())
    assert codes(desk, "overdue", moment(20, 8)) == [], "finished late is not open"


def test_paused_dossier_is_not_late_unless_it_was_late_before(desk: DeskContext, clock: Clock) -> None:
    in_time, late = receive(desk, full_request()).code, receive(desk, request(HOURS)).code
    clock.set(11, 8)
    for code in (in_time, late):
        take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    clock.set(20, 8)
    assert codes(desk, "overdue", clock.now) == [late]
    assert codes(desk, "due_soon", moment(13, 8)) == []
    assert counts(desk).overdue == 1


def test_counts(desk: DeskContext, clock: Clock) -> None:
    receive(desk, request())
    clock.set(11, 8)
    for _ in range(2):
        receive(desk, request())
    code = receive(desk, request()).code
    take_step(desk, code, Step.WITHDRAW, StepInput())
    found = counts(desk)
    assert (found.open, found.today) == (3, 3)
    assert found.by_status == {"received": 3, "withdrawn": 1}


@pytest.mark.parametrize(
    "typed",
    [
        "H15.36-260310-1001",
        "h15.36-260310-1001",
        "]C1H15.36-260310-1001\n",
        "260310-1001",
        "H' Ngăm",
        "h ngam nie",
        "H’ Ngăm",
        "nie kdam",
        "Niê/Kdăm;",
        "NIÊ KĐĂM",
        "066190012345",
        "066190",
        "0912345678",
        "0912 345 678",
        "+84 912 345 678",
        unicodedata.normalize("NFD", "Niê Kdăm"),
    ],
)
def test_search_finds_the_dossier(desk: DeskContext, typed: str) -> None:
    code = receive(desk, request(applicant=HNGAM)).code
    receive(desk, request(applicant=DUNG))
    assert [row.code for row in find(desk, typed)] == [code]


@pytest.mark.parametrize("typed", ["", " ", "'\"*()-^:", "Trần", "H15.36-260310-1009", "0666", "ngam AND nie", "NOT x"])
def test_search_for_what_is_not_there_is_empty_and_no_error(desk: DeskContext, typed: str) -> None:
    receive(desk, request(applicant=HNGAM))
    assert find(desk, typed) == []


def test_search_for_the_submitter_and_the_portal_s_code(desk: DeskContext) -> None:
    code = receive(desk, request(applicant=HNGAM, submitter=YBHIAO)).code
    assert [row.code for row in find(desk, "y bhiao")] == [code]
    with desk.database.write() as session:
        session.query(Dossier).filter_by(code=code).one().portal_code = "G09.20-20260609-0092637"
    assert [row.code for row in find(desk, "G09.20-20260609-0092637")] == [code]
    assert show(desk, "g09.20-20260609-0092637").row.code == code


def test_search_gives_the_newest_first_up_to_the_limit(desk: DeskContext) -> None:
    made = [receive(desk, request(applicant=HNGAM)).code for _ in range(4)]
    assert [row.code for row in find(desk, "niê", limit=3)] == made[:0:-1]


def test_search_in_the_queue_s_filter(desk: DeskContext) -> None:
    code = receive(desk, request(applicant=HNGAM)).code
    receive(desk, request(applicant=DUNG))
    assert [row.code for row in list_dossiers(desk, QueueFilter(text="ngam"))[0]] == [code]


def test_rows_tell_what_the_portal_has(desk: DeskContext) -> None:
    code = receive(desk, request()).code
    assert find(desk, code)[0].portal_state == "not_sent"


def test_show_of_an_unknown_dossier(desk: DeskContext) -> None:
    with refused("dossier_unknown", "H15.36-260310-1001", error=UserError):
        show(desk, "h15.36-260310-1001")


@pytest.mark.parametrize("typed", ["0661900", "0912345", "h ngam", "niê kdăm", "H’ Ngăm N"])
def test_known_applicant_is_offered_once_as_last_written(desk: DeskContext, typed: str) -> None:
    receive(desk, request(applicant=replace(HNGAM, address="Buôn cũ")))
    receive(desk, request(applicant=DUNG))
    receive(desk, request(applicant=HNGAM))
    assert known_applicants(desk, typed) == [HNGAM]


@pytest.mark.parametrize("typed", ["", "ng", "  n ", "''''", "trần"])
def test_nobody_is_offered_for_too_little_or_a_stranger(desk: DeskContext, typed: str) -> None:
    receive(desk, request(applicant=HNGAM))
    assert known_applicants(desk, typed) == []


def test_only_the_one_whose_words_were_typed_is_offered(desk: DeskContext) -> None:
    receive(desk, request(applicant=HNGAM, submitter=YBHIAO))
    assert known_applicants(desk, "y bhiao") == [YBHIAO]
    assert known_applicants(desk, "ngăm") == [HNGAM]


def test_people_without_a_number_differ_by_name_and_phone(desk: DeskContext) -> None:
    first = ApplicantData(name="H Hương Niê", phone="0905111222")
    for applicant in (first, first, replace(first, phone="0905333444")):
        receive(desk, request(applicant=applicant))
    assert [found.phone for found in known_applicants(desk, "h huong")] == ["0905333444", "0905111222"]
