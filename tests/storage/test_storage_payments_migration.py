"""From a file of before the book of money: what was paid stays paid, and no closing counts it again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from counter_app import storage
from counter_app.services.day_closing import day_takings
from counter_app.services.desk import open_desk
from counter_app.services.fees import MoneyIn, fees_of, take
from counter_app.services.receive import receive
from counter_app.services.values import FeeIn
from counter_app.services.verify import verify
from tests.catalogue_samples import full_request
from tests.conftest import Clock
from tests.storage.test_storage_migrations import columns, downgrade

DAY = date(2026, 3, 10)


def test_a_file_of_before_payments(directory: Path, clock: Clock) -> None:
    desk = open_desk(directory, clock)
    code = receive(desk, full_request(channel="postal", fees=(FeeIn("LP01", True, "cash"),))).code
    assert len(day_takings(desk, DAY).rows) == 1
    desk.close()
    path = directory / "counter.db"
    downgrade(path, "0006")
    assert not {"payment", "day_closing", "payment_no_update", "dossier_fee.collect_on"} & columns(path)
    storage.migrate(path)
    desk = open_desk(directory, clock)
    money = fees_of(desk, code)
    assert [(row.method, row.collect_on, row.full_amount) for row in money.rows] == [
        ("cash", "receipt", 8000),
        ("", "receipt", 26000),
    ]
    assert (money.money_state, money.payments) == ("due", ())
    assert day_takings(desk, DAY).rows == ()
    assert take(desk, code, MoneyIn()).amount == 26000
    assert verify(desk).problems == ()
    desk.close()
