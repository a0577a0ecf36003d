"""Comparing a period with a real practice portal: what is listed, what is sent again, what a person decides."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from counter_app.errors import UserError
from counter_app.rules.lifecycle import Step
from counter_app.services.clashes import list_open
from counter_app.services.outbox import outbox_counts
from counter_app.services.portal_link import make_client, make_engine
from counter_app.services.reading import show
from counter_app.services.reconcile import Period, Progress, reconcile
from counter_app.services.reconcile_follow import follow
from counter_app.services.reconcile_list import Shown, count_open, export_differences, last_run
from counter_app.services.reconcile_mend import accept, mend, mend_all
from counter_app.services.steps import StepInput, take_step
from counter_app.services.verify import verify
from counter_app.sync.client import TransientTrouble
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, refused
from tests.services.reconcile_world import Office, never, office_at_work, silent

HAND_OVER = (Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
FINISH = (Step.FINISH, StepInput())


@pytest.fixture
def office(directory: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with office_at_work(directory, tmp_path / "portal", clock) as made:
        yield made


def found(office: Office) -> list[tuple[str, str, str]]:
    return [(row.dossier_code, row.kind.value, row.state.value) for row in office.rows()]


def test_both_sides_equal(office: Office) -> None:
    office.attach_result(office.take_in(HAND_OVER, FINISH))
    office.take_in()
    office.send()
    report = office.compare()
    assert (report.compared, report.equal, report.different, report.complete) == (2, 2, 0, True)
    assert report.our_statuses == report.their_statuses == {"9": 1, "2": 1}
    assert office.rows() == []


def test_what_is_not_sent_yet_is_on_the_way_and_no_difference(office: Office) -> None:
    office.take_in()
    office.send()
    later = office.take_in()
    report = office.compare()
    assert (report.equal, report.on_the_way, report.different) == (1, 1, 0)
    assert report.their_statuses == {"2": 1, "": 1}
    assert later not in [row.dossier_code for row in office.rows()]


def test_a_dossier_that_moves_on_during_the_call_is_on_the_way(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    client = make_client(office.desk)
    look_up = client.look_up

    def slow(codes: Any) -> Any:
        answer = look_up(codes)
        office.clock.move(minutes=1)
        take_step(office.desk, code, *HAND_OVER)
        office.send()
        return answer

    monkeypatch.setattr(client, "look_up", slow)
    today = office.clock.now.date()
    report = reconcile(office.desk, client, Period(today, today), never, silent)
    client.close()
    assert (report.on_the_way, report.different) == (1, 0)


def test_a_difference_is_listed_once_however_often_it_is_found(office: Office) -> None:
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    assert office.compare().found == 1
    assert office.compare().found == 0
    assert found(office) == [(code, "field", "open")]
    office.change(code, GhiChu="Khác nữa")
    office.compare()
    assert [row.theirs for row in office.rows()] == ["Khác nữa"]


def test_a_difference_that_has_gone_is_closed_and_listed_anew_when_it_comes_back(office: Office) -> None:
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    office.compare()
    office.change(code, GhiChu="")
    assert office.compare().closed == 1
    assert (office.rows(), count_open(office.desk)) == ([], 0)
    (row,) = office.rows(Shown.ALL)
    assert (row.state, row.decided_by) == ("mended", "")
    office.change(code, GhiChu="Khác")
    assert office.compare().found == 1
    assert [one.state.value for one in office.rows(Shown.ALL)] == ["open", "mended"]


def test_a_lost_dossier_is_sent_again_whole_and_once(office: Office) -> None:
    code = office.take_in(HAND_OVER, FINISH, files=2)
    office.attach_result(code)
    office.send()
    before = office.held(code)
    office.lose(code)
    office.compare()
    assert found(office) == [(code, "missing", "open")]
    mended = mend(office.desk, office.rows()[0].id)
    assert (mended.differences, mended.codes) == (1, (code,))
    assert office.compare().on_the_way == 1
    office.send()
    assert office.held(code) == before
    report = office.compare()
    assert (report.equal, report.closed) == (1, 1)
    assert verify(office.desk).problems == ()


def test_a_dossier_that_was_lost_with_its_files_is_sent_again_with_them(office: Office) -> None:
    code = office.take_in(HAND_OVER, files=2)
    office.send()
    digests = [entry["TepDinhKemId"] for entry in office.held(code)["TaiLieuNop"]]
    office.lose(code, files_too=True)
    office.compare()
    mend(office.desk, office.rows()[0].id)
    office.send()
    assert outbox_counts(office.desk).get("needs_attention", 0) == 0
    assert [entry["TepDinhKemId"] for entry in office.held(code)["TaiLieuNop"]] == digests
    assert office.compare().equal == 1


def test_a_step_that_comes_to_light_before_it_is_sent_again_is_not_there_twice(office: Office) -> None:
    code = office.take_in(HAND_OVER)
    office.send()
    (step,) = office.held(code)["TienDo"]
    office.lose_step(code, 0)
    office.compare()
    mend(office.desk, office.rows()[0].id)
    office.give_step(code, step)
    office.send()
    assert office.held(code)["TienDo"] == [step]


def test_a_portal_that_remembers_its_first_answer_takes_the_step_again(
    directory: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one session the same bytes under the same key would be answered "done" and not be done."""
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with office_at_work(directory, tmp_path / "portal", clock, knows_keys=True) as office:
        engine = make_engine(office.desk)
        code = office.take_in(HAND_OVER)
        office.send_by(engine)
        office.lose_step(code, 0)
        office.compare()
        mend(office.desk, office.rows()[0].id)
        office.send_by(engine)
        engine.close()
        assert len(office.held(code)["TienDo"]) == 1
        assert office.compare().equal == 1


def test_the_fields_of_a_record_go_in_one_update(office: Office) -> None:
    code = office.take_in(HAND_OVER)
    office.send()
    office.change(code, GhiChu="Khác", SoDienThoai="0", TrangThaiHoSo="2")
    office.compare()
    before = kinds(office.desk, code)
    assert mend(office.desk, office.rows()[0].id).differences == 3
    assert kinds(office.desk, code) == [*before, "update"]
    assert {row.state.value for row in office.rows()} == {"mending"}
    with refused("already_mending", error=UserError):
        mend(office.desk, office.rows()[0].id)
    office.send()
    assert office.compare().equal == 1


def test_a_file_under_another_digest_is_sent_anew(office: Office) -> None:
    code = office.take_in()
    office.send()
    (entry,) = office.held(code)["TaiLieuNop"]
    office.change(code, TaiLieuNop=[{**entry, "TepDinhKemId": "00" * 32, "DuongDanTaiTepTin": "/files/x"}])
    office.compare()
    assert [row.kind.value for row in office.rows()] == ["document_other"]
    mend(office.desk, office.rows()[0].id)
    office.send()
    assert office.held(code)["TaiLieuNop"][0]["TepDinhKemId"] == entry["TepDinhKemId"]
    assert office.compare().equal == 1


def test_resending_that_did_not_help_opens_the_difference_again(office: Office) -> None:
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    office.compare()
    mend(office.desk, office.rows()[0].id)
    office.send()
    office.change(code, GhiChu="Khác")
    office.compare()
    (row,) = office.rows()
    assert (row.state, row.decided_by) == ("open", "Lê Thị Hạnh")


def test_somebody_elses_dossier_is_left_alone(office: Office) -> None:
    code = office.take_in()
    office.send()
    office.change(code, ChuHoSo="Trần Văn B", NgayTiepNhan="20260310070000")
    office.compare()
    (row,) = office.rows()
    assert (row.kind.value, row.mendable) == ("not_ours", False)
    with refused("decide_by_hand", "thuộc một hồ sơ khác", error=UserError):
        mend(office.desk, row.id)
    assert mend_all(office.desk, never, silent).differences == 0


def test_nothing_is_sent_over_a_status_that_the_portal_may_be_right_about(office: Office) -> None:
    code = office.take_in()
    office.send()
    office.change(code, TrangThaiHoSo="7", GhiChu="Khác")
    office.compare()
    rows = {row.kind.value: row for row in office.rows()}
    before = kinds(office.desk, code)
    with refused("decide_first", "Trạng thái", error=UserError):
        mend(office.desk, rows["field"].id)
    assert mend_all(office.desk, never, silent).left == 1
    assert kinds(office.desk, code) == before
    accept(office.desk, rows["status"].id, "Công dân đã rút trên cổng")
    assert mend(office.desk, rows["field"].id).differences == 1


def test_an_accepted_difference_is_not_listed_again_until_a_value_changes(office: Office) -> None:
    code = office.take_in(HAND_OVER)
    office.send()
    office.repeat_step(code, 0)
    office.compare()
    (row,) = office.rows()
    with refused("reason_missing", error=UserError):
        accept(office.desk, row.id, "  ")
    accept(office.desk, row.id, " Cổng ghi trùng ")
    report = office.compare()
    assert (report.equal, report.accepted, report.different) == (0, 1, 0)
    (settled,) = office.rows(Shown.ALL)
    assert (settled.state, settled.reason, settled.decided_by) == ("accepted", "Cổng ghi trùng", "Lê Thị Hạnh")
    with refused("difference_settled", error=UserError):
        accept(office.desk, row.id, "Nữa")
    office.repeat_step(code, 0)
    assert office.compare().found == 1


def test_the_desk_follows_a_step_that_the_portal_made_itself(office: Office) -> None:
    code = office.take_in(HAND_OVER)
    office.send()
    office.clock.move(minutes=5)
    office.portal.push_sample("TienDo", code=code, status="9")
    office.compare()
    assert [row.kind.value for row in office.rows()] == ["step_unknown"]
    followed = follow(office.desk, office.rows()[0].id)
    assert (followed.taken, followed.clashes) == (1, 0)
    assert show(office.desk, code).row.status == "finished"
    events = len(show(office.desk, code).events)
    office.send()
    assert len(show(office.desk, code).events) == events, "the same step by the feed changes nothing"
    assert office.compare().equal == 1


def test_a_status_alone_is_followed_and_one_that_does_not_fit_is_a_clash(office: Office) -> None:
    withdrawn, registered_again = office.take_in(), office.take_in(HAND_OVER)
    office.send()
    office.clock.move(minutes=5)
    office.change(withdrawn, TrangThaiHoSo="7")
    office.change(registered_again, TrangThaiHoSo="3")
    office.compare()
    first, second = office.rows()
    assert follow(office.desk, first.id).taken == 1
    assert show(office.desk, withdrawn).row.status == "withdrawn"
    assert follow(office.desk, second.id).clashes == 1
    assert [one.dossier_code for one in list_open(office.desk)] == [registered_again]
    office.send()
    office.compare()
    assert [(row.dossier_code, row.kind.value) for row in office.rows()] == [(registered_again, "status")]


def test_what_the_desk_took_in_does_not_follow_the_portal(office: Office) -> None:
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    office.compare()
    with refused("nothing_to_follow", error=UserError):
        follow(office.desk, office.rows()[0].id)


def test_mending_can_be_stopped_between_blocks(office: Office) -> None:
    codes = [office.take_in(files=0) for _ in range(2)]
    office.send()
    for code in codes:
        office.change(code, GhiChu="Khác")
    office.compare()
    assert mend_all(office.desk, lambda: True, silent).differences == 0
    heard: list[int] = []
    assert mend_all(office.desk, never, heard.append).codes == tuple(codes)
    assert heard == [2]


def test_only_what_was_received_or_changed_in_the_period_is_compared(office: Office) -> None:
    old, changed = office.take_in(), office.take_in()
    office.clock.move(days=3)
    new = office.take_in()
    take_step(office.desk, changed, *HAND_OVER)
    office.send()
    for code in (old, changed, new):
        office.change(code, GhiChu="Khác")
    assert office.compare().compared == 2
    assert [row.dossier_code for row in office.rows()] == [changed, new]
    assert office.compare(days=3).compared == 3
    with refused("period_invalid", error=UserError):
        office.compare(days=-1)


def test_a_portal_without_updates_is_not_compared(office: Office) -> None:
    portal = replace(office.desk.settings.portal, profile=2)
    office.desk = replace(office.desk, settings=replace(office.desk.settings, portal=portal))
    client = make_client(office.desk)
    today = office.clock.now.date()
    with refused("compare_not_offered", error=UserError):
        reconcile(office.desk, client, Period(today, today), never, silent)
    client.close()
    assert last_run(office.desk) is None


def test_progress_is_told_and_a_stopped_run_says_so(office: Office) -> None:
    for _ in range(52):
        office.take_in(files=0)
    office.send()
    heard: list[Progress] = []
    office.compare(tell=heard.append)
    assert [(one.done, one.total) for one in heard] == [(0, 52), (50, 52), (52, 52)]
    asked = iter([False, True])
    report = office.compare(stop=lambda: next(asked))
    assert (report.compared, report.complete) == (50, False)


def test_a_line_that_fails_is_passed_on_and_noted(office: Office) -> None:
    office.take_in(files=0)
    office.send()
    office.portal.stop()
    with pytest.raises(TransientTrouble) as caught:
        office.compare()
    run = last_run(office.desk)
    assert run is not None
    assert (run.complete, run.error) == (False, caught.value.message)
    assert run.ended_at is not None


def test_the_list_goes_to_a_spreadsheet(office: Office, tmp_path: Path) -> None:
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="=1+1", SoDienThoai="0")
    office.compare()
    path = tmp_path / "sai lệch.csv"
    assert export_differences(office.desk, path) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["Mã hồ sơ"] for row in rows} == {code}
    assert {row["Trên cổng"] for row in rows} == {"'=1+1", "0"}
