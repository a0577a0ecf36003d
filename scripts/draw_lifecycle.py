"""The lifecycle as a page for people: a diagram and tables, made from ``TRANSITIONS`` alone."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from counter_app.rules.lifecycle import (
    FIRST_STEPS,
    OPEN,
    TRANSITIONS,
    Status,
    Step,
    clock_stands,
    label,
    portal_number,
    step_label,
)

PAGE = Path(__file__).parents[1] / "docs" / "lifecycle.md"
HEAD = """# Lifecycle of a dossier

Made by `scripts/lifecycle_diagram` from `TRANSITIONS` in `counter_app/rules/lifecycle.py`; not to be edited by hand.
Number in brackets: `TrangThaiHoSo` of the portal. Steps that leave the status alone are in the second table.
A supplement that came in leads back to where its request found the dossier. A mistaken step is taken back by a
correction that sets the status to what it was (`counter_app/services/undo.py`), which no arrow shows.
"""


def page() -> str:
    """The whole page, ending with a newline."""
    return "\n".join([HEAD, diagram(), "", *moving(), "", *staying(), ""])


def diagram() -> str:
    """The statuses and the steps between them, as Mermaid draws them."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for step, after in FIRST_STEPS.items():
        arrows["[*]", after.value].append(step_label(step))
    for before, steps in TRANSITIONS.items():
        for step, after in steps.items():
            if after is not before:
                arrows[before.value, after.value].append(step_label(step))
        if step_back := _supplement_leads_back(before):
            arrows[Status.SUPPLEMENT_REQUESTED.value, before.value].append(step_back)
    names = [f'    state "{label(status)} [{portal_number(status)}]" as {status.value}' for status in Status]
    lines = [f"    {before} --> {after} : {', '.join(words)}" for (before, after), words in arrows.items()]
    ends = [f"    {status.value} --> [*]" for status in Status if not _moves(status)]
    waits = [f"    class {status.value} waits" for status in Status if clock_stands(status)]
    style = "    classDef waits fill:#fff3d6,stroke:#8a5a00"
    return "\n".join(["```mermaid", "stateDiagram-v2", style, *names, *lines, *ends, *waits, "```"])


def moving() -> list[str]:
    """One line a status: what leads on from it."""
    lines = ["| status | portal | open | clock | leads on |", "|---|---|---|---|---|"]
    for status in Status:
        clock = "stands" if clock_stands(status) else "runs" if status in OPEN else "–"
        on = "; ".join(f"{step_label(step)} → {label(after)}" for step, after in _moves(status).items()) or "–"
        opened = "yes" if status in OPEN else "no"
        lines.append(f"| {label(status)} (`{status.value}`) | {portal_number(status)} | {opened} | {clock} | {on} |")
    return lines


def staying() -> list[str]:
    """Which steps leave which statuses alone."""
    lines = ["| step that leaves the status alone | where |", "|---|---|"]
    for step in Step:
        where = [label(status) for status, steps in TRANSITIONS.items() if steps.get(step) is status]
        if where:
            lines.append(f"| {step_label(step)} (`{step.value}`) | {', '.join(where)} |")
    return lines


def _moves(status: Status) -> dict[Step, Status]:
    return {step: after for step, after in TRANSITIONS[status].items() if after is not status}


def _supplement_leads_back(status: Status) -> str:
    """Words for the arrow back, where a request may find a dossier and the table names another way out."""
    waits, table = Status.SUPPLEMENT_REQUESTED, TRANSITIONS[Status.SUPPLEMENT_REQUESTED][Step.SUPPLEMENT]
    finds = TRANSITIONS[status].get(Step.REQUEST_SUPPLEMENT) is waits
    return step_label(Step.SUPPLEMENT) if finds and status is not table else ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
