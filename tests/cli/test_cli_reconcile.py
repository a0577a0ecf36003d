"""`reconcile` on the command line: the numbers, the list, and what is queued to be sent again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.settings import load_settings, save_settings, with_changes
from tests.cli.program import answer, error, run
from tests.conftest import Clock
from tests.services.reconcile_world import Office, office_at_work

PASSWORD = {"COUNTER_PORTAL_PASSWORD": "thuchanh"}
DAY = ("--from", "2026-03-10", "--to", "2026-03-10")


@pytest.fixture
def office(directory: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with office_at_work(directory, tmp_path / "portal", clock) as made:
        portal = {"url": made.portal.url, "user": "canbo"}
        save_settings(directory, with_changes(load_settings(directory), portal=portal))
        yield made


def test_what_differs_is_listed_and_sent_again(office: Office) -> None:
    place = office.desk.directory
    code = office.take_in()
    office.send()
    office.change(code, GhiChu="Khác")
    found = answer(place, "reconcile", *DAY, **PASSWORD)
    assert (found["compared"], found["different"], found["open"]) == (1, 1, 1)
    assert found["period"] == {"first": "2026-03-10", "last": "2026-03-10"}
    (difference,) = found["differences"]
    assert {key: difference[key] for key in ("dossier_code", "kind", "label", "theirs", "state")} == {
        "dossier_code": code,
        "kind": "field",
        "label": "Ghi chú",
        "theirs": "Khác",
        "state": "open",
    }
    assert answer(place, "reconcile", *DAY, "--mend", **PASSWORD)["mending"] == 1
    answer(place, "sync", **PASSWORD)
    after = answer(place, "reconcile", *DAY, **PASSWORD)
    assert (after["equal"], after["different"], after["open"]) == (1, 0, 0)


def test_usage_and_troubles(office: Office, directory: Path) -> None:
    assert "không phải ngày" in run(directory, "reconcile", "--from", "10/3", **PASSWORD).stderr
    assert error(directory, 1, "reconcile", "--from", "2026-03-11", "--to", "2026-03-10")["kind"] == "period_invalid"
    words = run(directory, "reconcile", *DAY, **PASSWORD)
    assert words.stdout.startswith("Kỳ 10/03/2026–10/03/2026: đối soát 0 hồ sơ")
