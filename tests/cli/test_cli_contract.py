"""The command line's contract, on the real program: exit statuses, one JSON document, what each command does."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from counter_app.cli import main
from counter_app.rules.calendar import VIETNAM
from tests.catalogue_samples import (
    CASES,
    DAYS,
    HNGAM,
    HOURS,
    SAME_DAY,
    UNKNOWN_LIMIT,
    catalogue,
    receive_document,
    write_catalogue,
    write_pdf,
)
from tests.cli.program import answer, error, run

AT = "2026-03-10T08:30:00+07:00"


@pytest.fixture
def cli(directory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same entry point in this process, where a process of its own would only cost time."""

    def call(*arguments: str, stdin: Any = None) -> tuple[int, dict[str, Any], str]:
        text = stdin if isinstance(stdin, str) else json.dumps(stdin)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
        status = main(["--data", str(directory), "--json", *arguments])
        captured = capsys.readouterr()
        assert captured.out.count("\n") == 1
        return status, json.loads(captured.out), captured.err

    return call


def received(cli: Any, code: str = HOURS, *options: str, **more: Any) -> str:
    status, document, _ = cli("receive", "-", "--at", AT, *options, stdin=receive_document(code, **more))
    assert status == 0, document
    return str(document["code"])


# The whole way, by real processes


def test_a_day_from_nothing(tmp_path: Path) -> None:
    place = tmp_path / "quầy mới"
    made = answer(place, "init", "--office", "H15.36", "--office-name", "UBND xã Ea Kao", "--desk", "2")
    assert (made["office"], made["desk"]) == ("H15.36", 2)
    imported = answer(place, "catalogue", "import", str(write_catalogue(tmp_path / "a.json")))
    assert (imported["added"], imported["changed"], imported["unchanged"]) == (7, 0, 0)
    write_pdf(tmp_path / "đơn.pdf")
    document = receive_document(HOURS, components=[{"code": "TP01", "originals": 1, "files": ["đơn.pdf"]}])
    (tmp_path / "hồ sơ.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    got = answer(place, "receive", str(tmp_path / "hồ sơ.json"), "--at", AT)
    assert got == {
        "code": "H15.36-260310-2001",
        "status": "received",
        "received_at": AT,
        "due": "2026-03-10T14:30:00+07:00",
        "warnings": [],
    }
    view = answer(place, "show", got["code"])
    assert [item["file_name"] for item in view["documents"]] == ["đơn.pdf"]
    assert answer(place, "verify") == {"dossiers": 1, "events": 1, "documents": 1, "problems": []}


def test_words_for_people_and_json_for_programs(directory: Path) -> None:
    written = run(directory, "receive", "-", "--at", AT, stdin=json.dumps(receive_document(HOURS)))
    assert (written.returncode, written.stdout) == (0, "H15.36-260310-1001\thẹn trả 14:30 ngày 10/03/2026\n")
    document = receive_document(HOURS, applicant={"name": "Y Bhiăo Êban"})
    warned = run(directory, "--json", "receive", "-", "--at", AT, stdin=json.dumps(document))
    assert "Lưu ý: " in warned.stderr
    assert json.loads(warned.stdout)["warnings"] == [warned.stderr.strip().removeprefix("Lưu ý: ")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"],
        ["receive"],
        ["due", "--from", AT, "--limit", "3"],
        ["due", "--from", AT, "--limit", "x", "--unit", "working_day"],
        ["due", "--from", "9999-12-30", "--limit", "30", "--unit", "calendar_day"],
        ["due", "--from", "hôm qua", "--limit", "3", "--unit", "working_day"],
        ["due", "--from", AT, "--limit", "3", "--unit", "fortnight"],
        ["list", "--status", "lost"],
        ["list", "--limit", "0"],
        ["list", "--limit", "-5"],
        ["search", "x", "--limit", "0"],
        ["outbox", "list", "--limit", "-1"],
        ["finish", "H15.36-260310-1001", "--at", "2026-02-30T08:00:00+07:00"],
        ["finish", "H15.36-260310-1001", "--at", "0001-01-01T00:00:00+07:00"],
        ["print", "H15.36-260310-1001", "--out", "a.pdf"],
        ["catalogue"],
        ["init", "--office", "H15.36"],
        ["calendar", "show", "now"],
        ["calendar", "show", "0"],
        ["outbox", "retry"],
        ["--nonsense"],
    ],
)
def test_wrong_usage_is_2_with_the_way_to_help(
    directory: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--data", str(directory), "--json", *arguments])
    captured = capsys.readouterr()
    assert ended.value.code == 2
    assert captured.out == ""
    assert "Sai cách dùng" in captured.err
    assert "--help" in captured.err


def test_wrong_usage_in_a_process(directory: Path) -> None:
    done = run(directory, "--json", "dance")
    assert (done.returncode, done.stdout) == (2, "")


def test_help_and_version() -> None:
    assert run(None, "--version").stdout.strip()
    shown = run(None, "--help")
    assert shown.returncode == 0
    for command in ("receive", "hand-over", "apologise", "verify", "sync", "practice-portal", "demo"):
        assert command in shown.stdout


def test_data_folder_from_the_environment(directory: Path) -> None:
    assert run(None, "list", COUNTER_DATA=str(directory)).returncode == 0


def test_reader_that_has_seen_enough_is_no_error(directory: Path) -> None:
    command = f'"{sys.executable}" -m counter_app --data "{directory}" catalogue list; echo "status $?" >&2'
    done = subprocess.run(["bash", "-c", f"({command}) | true"], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "status 0" in done.stderr


# receive


def test_receive_document_of_the_contract(cli: Any, tmp_path: Path) -> None:
    document = {
        "procedure": DAYS,
        "applicant": {
            "kind": "person",
            "name": "H' Ngăm Niê Kdăm",
            "personal_number": "066190012345",
            "birth_date": "1990-03-08",
            "phone": "0912345678",
            "email": "",
            "address": "Buôn Akõ Dhông, xã Ea Kao",
        },
        "submitter": None,
        "channel": "counter",
        "return_by": "post",
        "components": [
            {"code": "TP01", "originals": 1, "copies": 0, "files": [str(write_pdf(tmp_path / "don.pdf"))]},
            {"code": "TP02", "copies": 1},
            {"code": "TP03"},
        ],
        "fees": [{"code": "LP01", "paid": True, "method": "cash"}],
        "note": "",
    }
    status, got, _ = cli("receive", "-", "--at", AT, stdin=document)
    assert (status, got["status"], got["due"]) == (0, "received", "2026-03-13T17:00:00+07:00")
    _, view, _ = cli("show", got["code"])
    assert (view["applicant"]["birth_date"], view["money"], view["return_by"]) == ("1990-03-08", "paid", "post")
    assert view["events"][0]["at"] == AT


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"colour": 1}, "colour"),
        ({"applicant": {"name": "A", "nickname": "B"}}, "applicant.nickname"),
        ({"components": [{"code": "TP01", "pages": 1}]}, "components.0.pages"),
        ({"fees": [{"code": "LP01", "amount": 0}]}, "fees.0.amount"),
        ({"submitter": {"name": "A", "x": 1}}, "submitter.x"),
        ({"channel": "fax"}, "channel"),
        ({"return_by": "drone"}, "return_by"),
        ({"applicant": {}}, "applicant.name"),
        ({"applicant": {"name": 7}}, "applicant.name"),
        ({"applicant": {"name": "A", "birth_date": "1990-02-30"}}, "applicant.birth_date"),
        ({"applicant": {"name": "A", "birth_date": 19900308}}, "applicant.birth_date"),
        ({"applicant": {"name": "A", "kind": "robot"}}, "applicant.kind"),
        ({"components": {}}, "components"),
        ({"components": [{"code": "TP01", "originals": -1}]}, "components.0.originals"),
        ({"components": [{"code": "TP01", "originals": 1.5}]}, "components.0.originals"),
        ({"components": [{"code": "TP01", "originals": "1"}]}, "components.0.originals"),
        ({"components": [{"code": "TP01", "originals": 10**30}]}, "components.0.originals"),
        ({"note": None}, "note"),
        ({"procedure": None}, "procedure"),
    ],
)
def test_bad_document_is_refused_naming_the_key(cli: Any, change: dict[str, Any], key: str) -> None:
    status, document, _ = cli("receive", "-", stdin={**receive_document(), **change})
    assert (status, document["error"]["kind"]) == (1, "document_invalid")
    assert key in document["error"]["keys"]
    assert f"«{key}»" in document["error"]["message"]


def test_missing_paper_with_a_supplement_request(cli: Any) -> None:
    document = receive_document(DAYS)
    status, refused, _ = cli("receive", "-", stdin=document)
    assert (status, refused["error"]["kind"]) == (1, "component_missing")
    assert refused["error"]["components"] == ["TP02", "TP03"]
    status, got, _ = cli("receive", "-", "--request-supplement", "Thiếu giấy tờ tùy thân", stdin=document)
    assert (status, got["status"]) == (0, "supplement_requested")


def test_a_supplement_names_the_papers_that_came(cli: Any) -> None:
    asked = ("--request-supplement", "Thiếu giấy tờ tùy thân")
    code = cli("receive", "-", *asked, stdin=receive_document(DAYS))[1]["code"]
    status, refused, words = cli("supplement", code, "--component", "TP04=1/0")
    assert (status, refused["error"]["kind"], refused["error"]["components"]) == (1, "component_missing", ["TP02"])
    assert "Giấy tờ tùy thân" in words
    with pytest.raises(SystemExit) as usage:
        cli("supplement", code, "--component", "TP02=một")
    assert usage.value.code == 2
    status, got, _ = cli("supplement", code, "--component", "TP02=0/2", "--component", "TP01=1/0")
    assert (status, got["status"], got["warnings"]) == (0, "received", [])
    view = cli("show", code)[1]
    assert [(item["originals"], item["copies"]) for item in view["components"][:2]] == [(2, 0), (0, 2)]
    assert [item["code"] for item in view["events"][-1]["details"]["components"]] == ["TP02", "TP01"]


def test_a_supplement_that_is_known_to_be_incomplete_is_a_warning(cli: Any) -> None:
    asked = ("--request-supplement", "Thiếu giấy tờ tùy thân")
    for options in (("--component", "TP04=1/0", "--incomplete"), ()):
        code = cli("receive", "-", *asked, stdin=receive_document(DAYS))[1]["code"]
        status, got, words = cli("supplement", code, *options)
        assert (status, got["status"]) == (0, "received")
        assert "TP02" in words


def test_unknown_limit_takes_a_date_and_a_reason(cli: Any) -> None:
    status, refused, _ = cli("receive", "-", "--at", AT, stdin=receive_document(UNKNOWN_LIMIT))
    assert (status, refused["error"]["kind"]) == (1, "limit_unknown")
    given = ("--new-due", "2026-03-20T17:00:00+07:00", "--reason", "Theo hẹn")
    status, got, _ = cli("receive", "-", "--at", AT, *given, stdin=receive_document(UNKNOWN_LIMIT))
    assert (status, got["due"]) == (0, "2026-03-20T17:00:00+07:00")


def test_case_is_a_key_of_the_document(cli: Any) -> None:
    papers = [{"code": "TP01", "originals": 1}, {"code": "TP03", "originals": 1}]
    code = received(cli, CASES, case="Đất", components=papers)
    assert cli("show", code)[1]["case"] == "Đất"


def test_late_entry_shows_both_times(cli: Any) -> None:
    before = datetime.now(VIETNAM).replace(microsecond=0)
    event = cli("show", received(cli))[1]["events"][0]
    assert event["at"] == AT
    assert datetime.fromisoformat(event["entered_at"]) >= before
    assert event["entered_at"].endswith("+07:00")


def test_time_without_an_offset_is_vietnamese(cli: Any) -> None:
    _, got, _ = cli("receive", "-", "--at", "2026-03-10T08:30", stdin=receive_document())
    assert got["received_at"] == AT
    _, got, _ = cli("receive", "-", "--at", "2026-03-10T01:30:00Z", stdin=receive_document())
    assert got["received_at"] == AT


# The steps


def test_every_step_of_the_lifecycle_is_a_command(cli: Any) -> None:
    papers = [{"code": "TP01", "originals": 1}, {"code": "TP02", "copies": 1}, {"code": "TP03"}]
    code = received(cli, DAYS, components=papers)
    way = [
        (("hand-over", "--unit", "Phòng Tư pháp"), "processing"),
        (("accept",), "processing"),
        (("request-supplement", "--reason", "Thiếu"), "supplement_requested"),
        (("supplement",), "processing"),
        (("request-payment",), "payment_requested"),
        (("pay", "--method", "transfer"), "processing"),
        (
            ("apologise", "--reason", "Chờ", "--unit", "Phòng Tư pháp", "--new-due", "2026-03-18T17:00:00+07:00"),
            "processing",
        ),
        (("finish",), "finished"),
        (("return", "--by", "post", "--to", "Y Bhiăo", "--authority", "GUQ 5", "--tracking", "VN1"), "returned"),
    ]
    for number, ((command, *options), expected) in enumerate(way):
        at = f"2026-03-10T{9 + number // 6:02}:{number % 6}0:00+07:00"
        status, document, _ = cli(command, code, *options, "--at", at)
        assert status == 0, document
        assert (document["code"], document["status"], document["at"]) == (code, expected, at)
        assert document["step"] == command.replace("-", "_")
    view = cli("show", code)[1]
    assert (view["delivery"], view["apologies"], view["unit"]) == ("posted", 1, "Phòng Tư pháp")
    told = {name: value for name, value in view["events"][-1]["details"].items() if name != "paper"}
    parcel = {"tracking": "VN1", "address": "", "phone": ""}
    assert told == {"by": "post", "to": "Y Bhiăo", "authority": "GUQ 5", **parcel}
    for command, options in (("withdraw", ()), ("stop", ("--reason", "Theo đơn"))):
        other = received(cli)
        assert cli(command, other, *options)[0] == 0
    status, document, words = cli("refuse", received(cli), "--reason", "x")
    assert (status, document["error"]["kind"]) == (1, "step_not_permitted")
    assert "Chuyển xử lý" in words


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("hand-over",), "unit_missing"),
        (("request-supplement",), "reason_missing"),
        (("apologise", "--reason", "R", "--unit", "U"), "new_due_missing"),
        (("return", "--by", "drone"), "return_unknown"),
        (("finish", "--at", "2199-01-01T00:00:00+07:00"), "impossible_time"),
        (("finish", "--at", "2020-01-01T00:00:00+07:00"), "impossible_time"),
        (("supplement",), "step_not_permitted"),
    ],
)
def test_refused_step_is_1_with_its_kind(cli: Any, arguments: tuple[str, ...], kind: str) -> None:
    code = received(cli)
    status, document, words = cli(arguments[0], code, *arguments[1:])
    assert (status, document["error"]["kind"]) == (1, kind)
    assert document["error"]["message"] == words.strip()


def test_unknown_dossier(directory: Path) -> None:
    assert error(directory, 1, "show", "H15.36-260310-1999")["code"] == "H15.36-260310-1999"


def test_attach(cli: Any, tmp_path: Path) -> None:
    code = received(cli)
    scans = [str(write_pdf(tmp_path / name)) for name in ("a.pdf", "b.pdf")]
    status, document, _ = cli("attach", code, "--component", "TP01", *scans)
    assert (status, [item["file_name"] for item in document["documents"]]) == (0, ["a.pdf", "b.pdf"])
    status, document, _ = cli("attach", code, "--component", "TP01", scans[0])
    assert (status, document["documents"], len(document["warnings"])) == (0, [], 1)
    assert cli("attach", code, "--result", "KQ01", scans[0])[0] == 0
    assert cli("attach", code, scans[0])[0] == 1
    assert cli("attach", code, "--component", "TP09", scans[0])[1]["error"]["kind"] == "component_unknown"


# Reading


def test_list_pages_and_filters(cli: Any) -> None:
    codes = [received(cli) for _ in range(5)]
    assert cli("finish", codes[0])[0] == 0
    found: list[str] = []
    after: tuple[str, ...] = ()
    while True:
        page = cli("list", "--limit", "2", *after)[1]
        found += [row["code"] for row in page["dossiers"]]
        if not page["next"]:
            break
        after = ("--after", page["next"])
    assert found == codes[::-1]
    assert [row["code"] for row in cli("list", "--status", "finished")[1]["dossiers"]] == [codes[0]]
    in_time, soon, late = ("2026-03-10T08:00:00+07:00", "2026-03-10T14:00:00+07:00", "2026-03-10T15:00:00+07:00")
    for scope, when, expected in (
        ("--overdue", late, 4),
        ("--overdue", soon, 0),
        ("--due-soon", soon, 4),
        ("--due-soon", late, 0),
        ("--due-soon", in_time, 0),
    ):
        assert len(cli("list", scope, "--as-of", when)[1]["dossiers"]) == expected, (scope, when)


def test_search(cli: Any) -> None:
    code = received(cli, applicant={"name": HNGAM.name, "personal_number": HNGAM.personal_number})
    for typed in ("niê", "nie", "0661900", code, code[-11:]):
        assert [row["code"] for row in cli("search", typed)[1]["dossiers"]] == [code]
    assert cli("search", "không ai")[1] == {"dossiers": []}


def test_catalogue(cli: Any, tmp_path: Path) -> None:
    hits = cli("catalogue", "list", "--search", "khai sinh")[1]["procedures"]
    assert [hit["code"] for hit in hits] == [SAME_DAY]
    assert len(cli("catalogue", "list")[1]["procedures"]) == 6
    view = cli("catalogue", "show", SAME_DAY)[1]["procedure"]
    assert (view["name"], view["limit"]["cut_off"]) == ("Đăng ký khai sinh", "15:00:00")
    changed = catalogue()
    changed["procedures"][1]["name"] = "Đăng ký khai sinh (mới)"
    path = write_catalogue(tmp_path / "a.json", changed)
    assert cli("catalogue", "import", str(path))[1]["changed"] == 1
    assert cli("catalogue", "show", "9.9")[1]["error"]["kind"] == "procedure_unknown"


def test_calendar_and_due(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "lịch.json").write_text('{"years": {"2026": {"off": ["2026-03-12"]}}}', encoding="utf-8")
    assert cli("calendar", "import", str(tmp_path / "lịch.json"))[1] == {"years": [2026]}
    assert "2026-03-12" in cli("calendar", "show", "2026")[1]["off"]
    for unit, limit, expected in (
        ("working_day", "2", "2026-03-13T17:00:00+07:00"),
        ("working_hour", "2", "2026-03-10T10:30:00+07:00"),
        ("calendar_day", "2", "2026-03-13T17:00:00+07:00"),
    ):
        assert cli("due", "--from", AT, "--limit", limit, "--unit", unit)[1] == {"due": expected}
    for limit in ("0", "-1", "100000"):
        status, document, _ = cli("due", "--from", AT, "--limit", limit, "--unit", "working_day")
        assert (status, document["error"]["kind"]) == (1, "limit_invalid")


# Papers, backups, syncing


def test_print_to_a_file(cli: Any, tmp_path: Path) -> None:
    code = received(cli)
    for form, name in (("receipt", "a.pdf"), ("apology", "b.pdf")):
        status, document, _ = cli("print", code, "--form", form, "--out", str(tmp_path / name))
        if form == "receipt":
            assert status == 0, document
            assert (tmp_path / name).read_bytes().startswith(b"%PDF-")
        else:
            assert (status, document["error"]["kind"]) == (1, "form_not_issued")
            assert not (tmp_path / name).exists()
    assert cli("request-supplement", code, "--reason", "Tờ khai")[0] == 0
    assert cli("print", code, "--form", "supplement_request", "--out", str(tmp_path / "e.pdf"))[0] == 0
    assert (tmp_path / "e.pdf").read_bytes().startswith(b"%PDF-")
    assert cli("print", code, "--form", "thermal", "--out", str(tmp_path / "f.bin"))[0] == 0
    assert cli("print", code, "--thermal", "--out", str(tmp_path / "c.bin"))[0] == 0
    assert (tmp_path / "c.bin").read_bytes().startswith(b"\x1b")
    assert cli("print", code, "--form", "dance", "--out", str(tmp_path / "d.pdf"))[0] == 1
    status, document, _ = cli("print", code, "--form", "receipt", "--out", str(tmp_path / "không có" / "a.pdf"))
    assert (status, document["error"]["kind"]) == (1, "folder_missing")


def test_backup_restore_and_verify(cli: Any, directory: Path, tmp_path: Path) -> None:
    first = received(cli)
    saved = tmp_path / "sao lưu.db"
    assert cli("backup", str(saved))[0] == 0
    received(cli)
    assert cli("restore", str(saved))[1] == {"restored": True}
    assert [row["code"] for row in cli("list")[1]["dossiers"]] == [first]
    assert cli("restore", str(tmp_path / "không có.db"))[0] == 3
    assert cli("verify")[0] == 0
    assert cli("backup", str(directory / "counter.db"))[1]["error"]["kind"] == "backup_target_invalid"


def test_verify_that_finds_something_is_3_with_the_list(cli: Any, directory: Path, tmp_path: Path) -> None:
    scan = str(write_pdf(tmp_path / "a.pdf"))
    received(cli, components=[{"code": "TP01", "originals": 1, "files": [scan]}])
    next(path for path in (directory / "documents").rglob("*") if path.is_file()).unlink()
    status, document, _ = cli("verify")
    assert (status, len(document["problems"])) == (3, 1)


def test_outbox_and_sync_without_a_portal(cli: Any) -> None:
    code = received(cli)
    outbox = cli("outbox")[1]
    assert outbox["counts"] == {"waiting": 1}
    assert [(row["code"], row["kind"], row["state"]) for row in outbox["messages"]] == [(code, "create", "waiting")]
    status, document, _ = cli("outbox", "retry", outbox["messages"][0]["key"])
    assert (status, document["error"]["kind"]) == (1, "message_not_stuck")
    assert cli("outbox", "retry", "none")[1]["error"]["kind"] == "message_unknown"
    status, document, _ = cli("sync", "--once")
    assert (status, document["error"]["kind"]) == (3, "portal_not_set")


def test_init_refusals(tmp_path: Path, directory: Path) -> None:
    named = ("--office-name", "UBND xã Ea Kao", "--desk")
    assert error(directory, 1, "init", "--office", "H15.36", *named, "1")["kind"] == "already_initialised"
    assert error(tmp_path / "a", 1, "init", "--office", "Ea Kao", *named, "1")["kind"] == "office_code_invalid"
    assert error(tmp_path / "a", 1, "init", "--office", "H15.36", *named, "12")["kind"] == "settings_invalid"
    assert not (tmp_path / "a").exists()


def test_init_never_writes_the_password(tmp_path: Path) -> None:
    named = ("--office", "H15.36", "--office-name", "UBND xã Ea Kao", "--desk", "1")
    answer(
        tmp_path / "a",
        "init",
        *named,
        "--portal",
        "http://127.0.0.1:9/",
        "--user",
        "u",
        COUNTER_PORTAL_PASSWORD="bi-mat",
    )
    for path in (tmp_path / "a").rglob("*"):
        assert not path.is_file() or b"bi-mat" not in path.read_bytes()
