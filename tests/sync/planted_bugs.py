"""Bugs that the model of the sync must catch: planted one by one, never in the product.

    python -m tests.sync.planted_bugs [--seed N] [--examples N]

runs the model with each of them and says after how many examples it was caught; exit status 1 when one was not.
As a plugin of pytest this module plants the bug that ``COUNTER_TEST_PLANT`` names.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from unittest import mock

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from counter_app.models import InboxCursor, OutboxMessage
from counter_app.sync import inbox, outbox
from counter_app.sync.client import FeedPage
from counter_app.sync.inbox import FeedHandler
from counter_app.sync.outbox import MessageState, Outgoing
from tests import profiles

PLANT: Final = "COUNTER_TEST_PLANT"
ROOT: Final = Path(__file__).parents[2]
_HELD: Final = "examples that held: "

_mark_sending, _mark_waiting, _recover, _take_page = (
    outbox.mark_sending,
    outbox.mark_waiting,
    outbox.recover,
    inbox.take_page,
)


def _done_before_the_answer(session: Session, messages: Iterable[Outgoing]) -> None:
    given = list(messages)
    _mark_sending(session, given)
    ids = [one.id for one in given]
    session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(state=MessageState.DONE))


def _waiting_as_if_seen(session: Session, message: Outgoing, due: datetime, **more: Any) -> None:
    # What the portal has answered is looked up as before: else a create that is there would go for ever.
    _mark_waiting(session, message, due, **{**more, "unseen": bool(more.get("unseen") and more.get("answered"))})


def _recovered_as_if_seen(session: Session, now: datetime) -> int:
    recovered = _recover(session, now)
    session.execute(update(OutboxMessage).where(OutboxMessage.unseen).values(unseen=False))
    return recovered


def _cursor_before_the_effect(
    session: Session, portal: str, page: FeedPage, handler: FeedHandler, now: datetime
) -> int:
    row = session.get(InboxCursor, portal)
    if row is None:
        session.add(InboxCursor(portal=portal, cursor=page.cursor, read_at=now))
    else:
        row.cursor, row.read_at = page.cursor, now
    session.flush()
    # Behind SQLAlchemy's back, which holds one unit of work for one transaction.
    session.connection().exec_driver_sql("COMMIT")
    session.connection().exec_driver_sql("BEGIN IMMEDIATE")
    return _take_page(session, portal, page, handler, now)


BUGS: Final[dict[str, dict[tuple[object, str], Callable[..., object]]]] = {
    "done-before-answer": {(outbox, "mark_sending"): _done_before_the_answer},
    "resend-unseen": {(outbox, "mark_waiting"): _waiting_as_if_seen, (outbox, "recover"): _recovered_as_if_seen},
    "feed-in-two": {(inbox, "take_page"): _cursor_before_the_effect},
}
"""A message is done before the answer; what was not seen is sent again without a look-up; the feed's cursor is
committed before what the entries bring."""


def planted(bug: str) -> ExitStack:
    """The product with this bug, until the answer is closed."""
    with ExitStack() as stack:
        for (module, name), wrong in BUGS[bug].items():
            stack.enter_context(mock.patch.object(module, name, wrong))
        return stack.pop_all()


def plant_from_environment() -> None:
    """Plant what COUNTER_TEST_PLANT names, for as long as this process lives."""
    bug = os.environ.get(PLANT)
    if bug:
        planted(bug)


def pytest_configure() -> None:
    plant_from_environment()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"{_HELD}{profiles.held()}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sync.planted_bugs", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=profiles.PROFILES["ci"])
    given = parser.parse_args(arguments)
    caught = [_hunt(bug, given.seed, given.examples) for bug in BUGS]
    return 0 if all(caught) else 1


def _hunt(bug: str, seed: int, examples: int) -> bool:
    """Run the model with a bug, and tell of it; True when it was caught."""
    command = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "tests.sync.planted_bugs"]
    done = subprocess.run(
        [sys.executable, *command, "tests/sync/test_sync_model.py"],
        cwd=ROOT,
        env={
            **os.environ,
            PLANT: bug,
            "COUNTER_TEST_PROFILE": "ci",
            "COUNTER_TEST_SEED": str(seed),
            "COUNTER_TEST_EXAMPLES": str(examples),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    held = re.search(rf"{_HELD}(\d+)", done.stdout)
    if held is None or done.returncode not in (0, 1):
        raise SystemExit(done.stdout + done.stderr)
    if done.returncode == 0:
        sys.stdout.write(f"{bug}: NOT caught at seed {seed} in {held[1]} examples\n")
        return False
    reason = re.search(r"^E +AssertionError: (.*)", done.stdout, re.MULTILINE)
    why = reason[1] if reason else "by no check of the model\n" + done.stdout
    sys.stdout.write(f"{bug}: caught at seed {seed} after {int(held[1]) + 1} examples: {why}\n")
    sys.stdout.flush()
    return reason is not None


if __name__ == "__main__":
    sys.exit(main())
