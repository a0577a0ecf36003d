"""A desk that receives without end, to be killed: prints each code once it is answered."""

from __future__ import annotations

import sys
from pathlib import Path

from counter_app.rules.lifecycle import Step
from counter_app.services.attach import attach
from counter_app.services.desk import open_desk
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from tests.catalogue_samples import request, write_pdf


def work(directory: Path, scratch: Path) -> None:
    desk = open_desk(directory)
    number = 0
    while True:
        number += 1
        files = [write_pdf(scratch / f"{name}.pdf", f"{directory} {number} {name}") for name in ("a", "b")]
        done = receive(desk, request(files=files[:1]))
        sys.stdout.write(f"{done.code}\n")
        sys.stdout.flush()
        take_step(desk, done.code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
        attach(desk, done.code, files[1:], component="TP01")


if __name__ == "__main__":
    work(Path(sys.argv[1]), Path(sys.argv[2]))
