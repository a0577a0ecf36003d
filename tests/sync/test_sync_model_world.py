"""The model's own parts, and what it has found in the product, in the fewest steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from model_clerk import Clerk, Work, check_disk_full, trouble_of
from model_killed import CAN_KILL
from model_program import Death
from sync_world import Machines, World
from world_checks import check_agreed, check_at_any_time

from tests.conftest import TUESDAY_MORNING
from tests.sync.planted_bugs import BUGS, planted


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    made = Machines()
    yield made
    made.close()


@pytest.fixture
def world(machines: Machines, prepared_directory: Path, tmp_path: Path) -> Iterator[World]:
    made = World(machines, prepared_directory, tmp_path, TUESDAY_MORNING, seed=1, knows_keys=False)
    yield made
    made.close()


def agree(world: World) -> None:
    world.settle()
    check_agreed(world)


def lose_the_answer_to_a_step(world: World) -> None:
    clerk = Clerk(world)
    code = clerk.receive()
    world.sync()
    assert clerk.step(code, 0)
    world.portal.faults.set("cut_after_commit", next_calls=1, on=["CapNhatTienDoHoSoMC"])
    world.sync()
    agree(world)


def die_before_the_call(world: World) -> None:
    Clerk(world).receive()
    assert world.sync_and_die(Death(0, "send_dossiers"), in_haste=False, is_seen_dead=True)
    check_at_any_time(world)
    agree(world)


def die_over_the_feed(world: World) -> None:
    """At every seventh beat from the call on, until the pass lives to its end."""
    for after in range(0, 300, 7):
        world.push("HoSoMoi")
        if not world.sync_and_die(Death(after, "changes"), in_haste=False, is_seen_dead=True):
            break
    agree(world)


SCENES: dict[str, Callable[[World], None]] = {
    "done-before-answer": die_before_the_call,
    "resend-unseen": lose_the_answer_to_a_step,
    "feed-in-two": die_over_the_feed,
}


@pytest.mark.parametrize("bug", BUGS)
def test_checks_pass_without_the_bug_and_fail_with_it(
    bug: str, world: World, machines: Machines, prepared_directory: Path, tmp_path: Path
) -> None:
    SCENES[bug](world)
    world.close()
    place = tmp_path / "again"
    place.mkdir()
    again = World(machines, prepared_directory, place, TUESDAY_MORNING, seed=1, knows_keys=False)
    try:
        with planted(bug), pytest.raises(AssertionError):
            SCENES[bug](again)
    finally:
        again.close()


@pytest.mark.skipif(not CAN_KILL, reason="processes are not forked here")
def test_program_killed_at_each_of_its_beats_leaves_what_the_next_one_finishes(world: World) -> None:
    clerk = Clerk(world)
    code, deaths = clerk.receive([1]), 0
    assert clerk.step(code, 0)
    while world.sync_and_be_killed(Death(11 * deaths), in_haste=False):
        deaths += 1
        check_at_any_time(world)
        world.wait(timedelta(minutes=1))
    assert deaths > 3
    agree(world)


def test_disk_full_over_the_feed_is_told_as_that(world: World) -> None:
    """SQLite ends the whole transaction by itself then, and what followed from that hid the reason."""
    clerk, troubles = Clerk(world), []
    for number in range(30):
        world.push("HoSoMoi")
        clerk.do(clerk.receive([number]), Work("step"))
        with world.full_disk():
            trouble = trouble_of(world.sync)
        if trouble is not None:
            check_disk_full(trouble)
            troubles.append(trouble)
    assert troubles
    agree(world)
