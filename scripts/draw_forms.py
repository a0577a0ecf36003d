"""Pictures of all forms for docs/forms-pages: the full samples of the tests, one copy of each, in both sets."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
from form_samples import SAMPLES

from printing.forms import Content, FormSet, form_set_for, render
from printing.forms.papers import plan

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "forms-pages"
DAYS = (date(2024, 3, 1), date(2026, 3, 1))
DOTS_PER_INCH = 110
GREYS = 16


def draw(content: Content, form_set: FormSet, name: str, folder: Path) -> None:
    """One picture a page, in a few greys: paper is black and white, the rest is the letters' soft edge."""
    document = pypdfium2.PdfDocument(render(content, form_set))
    try:
        for number, page in enumerate(document, 1):
            picture = page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil()
            picture.quantize(GREYS).save(folder / f"{name}-{number}.png", optimize=True)
    finally:
        document.close()


def main(folder: Path) -> None:
    """All forms; a paper that no circular prescribes is the same in both sets and drawn once."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for day in DAYS:
        form_set = form_set_for(day)
        for name, content in SAMPLES.items():
            if name == "stop_notice" and form_set.stop_notice is None:
                continue
            first = replace(content, copies=content.copies[:1]) if hasattr(content, "copies") else content
            if plan(first, form_set).form.number:
                draw(first, form_set, f"{name}-{form_set.id}", folder)
            elif day == DAYS[-1]:
                draw(first, form_set, name, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
