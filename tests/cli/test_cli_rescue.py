"""rescue on the command line, by real programs: out on one desk, through the portal from another, back again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from counter_app.sandbox.portal import PracticePortal
from counter_app.services import rescue_file
from tests.catalogue_samples import receive_document
from tests.cli.program import answer, error, run


@pytest.fixture(autouse=True)
def no_password_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTER_RESCUE_PASSPHRASE", raising=False)


def test_there_and_back(directory: Path, tmp_path: Path) -> None:
    other, stick = tmp_path / "quầy 2", tmp_path / "thẻ"
    shutil.copytree(directory, other)
    stick.mkdir()
    file = stick / "cứu hộ.qmc"
    code = answer(directory, "receive", "-", stdin=receive_document())["code"]
    assert error(directory, 1, "rescue", "export", str(file))["kind"] == "rescue_passphrase_missing"
    made = answer(directory, "rescue", "export", str(file), "--make-passphrase")
    assert (made["dossiers"], made["messages"]) == (1, 1)
    assert made["size"] == file.stat().st_size > rescue_file.file_size(0)
    (hold,) = answer(directory, "rescue", "list")["holds"]
    assert (hold["id"], hold["held"], hold["ended"]) == (made["id"], 1, False)
    with PracticePortal(tmp_path / "portal.db") as portal:
        line = {"COUNTER_PORTAL_URL": portal.url, "COUNTER_PORTAL_USER": "canbo", "COUNTER_PORTAL_PASSWORD": "thuchanh"}
        assert answer(directory, "sync", "--once", **line)["sent"] == 0
        wrong = run(other, "rescue", "send", str(file), COUNTER_RESCUE_PASSPHRASE="không phải thế", **line)
        assert (wrong.returncode, "Mật khẩu của tệp cứu hộ không đúng" in wrong.stderr) == (1, True)
        sent = answer(other, "rescue", "send", str(file), COUNTER_RESCUE_PASSPHRASE=made["passphrase"], **line)
        assert (sent["dossiers"], sent["sent"], sent["left"]) == (1, 1, [])
        assert list(portal.dossiers()) == [code]
    assert answer(directory, "rescue", "receipt", sent["receipt"]) == {"settled": 1}
    assert answer(directory, "outbox")["counts"] == {"done": 1}
    assert answer(directory, "rescue", "list") == {"holds": []}


def test_a_hold_that_is_ended_is_settled_by_the_next_sync(directory: Path, tmp_path: Path) -> None:
    answer(directory, "receive", "-", stdin=receive_document())
    made = answer(directory, "rescue", "export", str(tmp_path / "a.qmc"), "--make-passphrase")
    assert answer(directory, "rescue", "end", made["id"])["ended"]
    assert error(directory, 1, "rescue", "end", "không có")["kind"] == "rescue_unknown"
    with PracticePortal(tmp_path / "portal.db") as portal:
        line = {"COUNTER_PORTAL_URL": portal.url, "COUNTER_PORTAL_USER": "canbo", "COUNTER_PORTAL_PASSWORD": "thuchanh"}
        for _ in range(2):
            answer(directory, "sync", "--once", **line)
        assert len(portal.dossiers()) == 1
    assert answer(directory, "outbox")["counts"] == {"done": 1}
