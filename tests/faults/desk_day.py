"""A whole day of a desk through the command line: line down, program killed, portal faulty; then compared.

``python -m tests.faults.desk_day --dossiers 200`` runs it at full size and prints what it saw; the test beside
it runs a small one. Everything is real: processes, SIGKILL, an HTTP portal on loopback, files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from benchmarks.noise_pdf import noise_pdf
from counter_app.sandbox import PracticePortal

PROCEDURE = "1.004837"
FAULTS = {
    "busy": 0.02,
    "busy_503": 0.02,
    "cut_before_commit": 0.03,
    "cut_after_commit": 0.05,
    "html": 0.02,
    "truncated_json": 0.02,
    "expired_sessions": 0.02,
}
NAMES = ("H' Ngăm Niê Kdăm", "Nguyễn Thị Ánh Tuyết", "Y Blŏ Êban", "Đặng Quốc Hưng", "Trần Lệ Thủy", "H'Bia Ayŭn")
KILLS = 3


@dataclass
class Day:
    """What one run did and found."""

    dossiers: int
    knows_idempotency: bool
    seed: int
    directory: Path
    kills: int = 0
    steps: dict[str, list[str]] = field(default_factory=dict)
    apologies: int = 0
    syncs: int = 0
    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


class Desk:
    """The program as another program uses it: one process a command."""

    def __init__(self, directory: Path, portal_url: str = "") -> None:
        self.directory = directory
        self.environment = {
            **os.environ,
            "COUNTER_PORTAL_PASSWORD": "thuchanh",
            "COUNTER_PORTAL_USER": "canbo",
            **({"COUNTER_PORTAL_URL": portal_url} if portal_url else {}),
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "counter_app", "--data", str(self.directory), "--json", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def run(self, *arguments: str, accept: tuple[int, ...] = (0,)) -> dict[str, Any]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        if process.returncode not in accept:
            raise AssertionError(f"{arguments}: exit {process.returncode}: {err}")
        answer: dict[str, Any] = json.loads(out)
        return answer


def run_day(dossiers: int, knows_idempotency: bool, seed: int, directory: Path) -> Day:
    """Receive with the line down, be killed on the way, then sync through faults until nothing waits."""
    day = Day(dossiers, knows_idempotency, seed, directory)
    chance = random.Random(seed)
    desk = Desk(directory / "desk", "http://127.0.0.1:9")
    desk.run("init", "--office", "H15.36", "--office-name", "UBND xã Ea Kao", "--desk", "1")
    desk.run("catalogue", "import", "starter")
    components = desk.run("catalogue", "show", PROCEDURE)["procedure"]["components"]
    killed_at = set(chance.sample(range(dossiers), KILLS))
    for number in range(dossiers):
        _one_dossier(day, desk, number, components, chance, kill=number in killed_at)
    refused = desk.run("sync", "--once", accept=(3,))
    assert refused["error"]["kind"] == "line_down", refused
    portal = PracticePortal(directory / "portal.db", knows_idempotency=knows_idempotency, seed=seed, faults=FAULTS)
    with portal:
        online = Desk(desk.directory, portal.url)
        while True:
            day.syncs += 1
            left = online.run("sync", accept=(0, 3))
            if not left["left"]:
                break
            if day.syncs > 40:
                day.problems.append(f"still waiting after {day.syncs} calls: {left}")
                break
        if left["needs_attention"]:
            day.problems.append(f"needs attention: {left['needs_attention'][:3]}")
        _compare(day, online, portal)
    return day


def _one_dossier(
    day: Day, desk: Desk, number: int, components: list[dict[str, Any]], chance: random.Random, *, kill: bool
) -> None:
    document = day.directory / f"don-{number}.pdf"
    document.write_bytes(noise_pdf(random.Random(day.seed * 100_000 + number), chance.randrange(2_000, 60_000)))
    scanned = next(item["code"] for item in components if item["required"] and item["originals"])
    request = {
        "procedure": PROCEDURE,
        "applicant": {
            "kind": "person",
            "name": chance.choice(NAMES),
            "personal_number": f"06619{number:07d}",
            "phone": f"09{number:08d}",
        },
        "components": [
            {
                "code": item["code"],
                "originals": item["originals"],
                "copies": item["copies"],
                "files": [document.name] if item["code"] == scanned else [],
            }
            for item in components
        ],
    }
    paper = day.directory / f"ho-so-{number}.json"
    paper.write_text(json.dumps(request, ensure_ascii=False), encoding="utf-8")
    late = number % 10 == 0
    at = ("--at", "2026-11-02T08:00:00+07:00") if late else ()
    if kill:
        process = desk.start("receive", str(paper), *at)
        time.sleep(chance.uniform(0.2, 0.9))  # where in the program the kill falls is left to chance
        process.send_signal(signal.SIGKILL)
        process.communicate()
        day.kills += 1
    code = desk.run("receive", str(paper), *at)["code"]
    day.steps[code] = []
    if late:
        new_due = "2026-11-06T17:00:00+07:00"
        desk.run(
            "apologise", code, "--reason", "Số lượng hồ sơ tăng", "--unit", "Phòng Văn hóa - Xã hội", "--new-due",
            new_due, "--at", "2026-11-03T09:00:00+07:00",
        )  # fmt: skip
        desk.run("print", code, "--form", "apology", "--out", str(day.directory / f"xin-loi-{number}.pdf"))
        day.apologies += 1
    if number % 3 == 0:
        desk.run("hand-over", code, "--unit", "Phòng Văn hóa - Xã hội")
    if number % 6 == 0:
        desk.run("finish", code)
        desk.run("return", code)


def _compare(day: Day, desk: Desk, portal: PracticePortal) -> None:
    """Dossiers, steps and documents on both sides, each once, digests equal."""
    listed: list[str] = []
    after = ""
    while True:
        page = desk.run("list", "--limit", "500", *(("--after", after) if after else ()))
        listed += [row["code"] for row in page["dossiers"]]
        after = page["next"]
        if not after:
            break
    arrived = portal.dossiers()
    if sorted(listed) != sorted(arrived):
        day.problems.append(f"dossiers differ: {set(listed) ^ set(arrived)}")
    steps = documents = 0
    for code in listed:
        ours = desk.run("show", code)
        theirs = arrived.get(code)
        if theirs is None:
            continue
        sent = [
            (_wire(event["at"]), STATUS_NUMBERS[event["status_after"]])
            for event in ours["events"]
            if event["step"] not in ("receive", "attach")
        ]
        got = [(step["ThoiDiemXuLy"], step["TrangThai"]) for step in theirs["TienDo"]]
        if sent != got:
            day.problems.append(f"{code}: steps {sent} / {got}")
        at_portal = sorted((item["MaThanhPhanHoSo"], item["TepDinhKemId"]) for item in theirs.get("TaiLieuNop", []))
        owned = sorted((item["component_code"], item["sha256"]) for item in ours["documents"])
        if at_portal != owned:
            day.problems.append(f"{code}: documents {len(owned)} / {len(at_portal)}")
        if theirs["TrangThaiHoSo"] != STATUS_NUMBERS[ours["status"]]:
            day.problems.append(f"{code}: status {ours['status']} / {theirs['TrangThaiHoSo']}")
        steps += len(got)
        documents += len(at_portal)
    portal.faults.clear()
    complete = [file for file in portal.files() if file["state"] == "complete"]
    for file in complete:
        held = requests.get(f"{portal.url}/practice/files/{file['id']}", timeout=30).content
        if hashlib.sha256(held).hexdigest() != file["sha256"]:
            day.problems.append(f"file {file['sha256']} differs at the portal")
    day.counts = {"dossiers": len(arrived), "steps": steps, "documents": documents, "files": len(complete)}
    sound = desk.run("verify")
    day.problems += sound["problems"]


STATUS_NUMBERS = {
    "registered": "1",
    "received": "2",
    "refused": "3",
    "processing": "4",
    "supplement_requested": "5",
    "payment_requested": "6",
    "withdrawn": "7",
    "stopped": "8",
    "finished": "9",
    "returned": "10",
}


def _wire(moment: str) -> str:
    return moment[:19].replace("-", "").replace(":", "").replace("T", "")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dossiers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    for knows in (True, False):
        with tempfile.TemporaryDirectory() as directory:
            started = time.monotonic()
            day = run_day(options.dossiers, knows, options.seed, Path(directory))
            sys.stdout.write(
                f"Idempotency-Key known: {knows}; kills: {day.kills}; apologies printed: {day.apologies}; "
                f"sync calls: {day.syncs}; at the portal: {day.counts}; problems: {day.problems or 'none'}; "
                f"{time.monotonic() - started:.0f} s\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
