"""Reading back a sheet of Excel that a service wrote."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(path: Path) -> list[list[str]]:
    """The texts of the sheet row by row, numbers as written."""
    with zipfile.ZipFile(path) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    found = []
    for row in sheet.iter(f"{SPACE}row"):
        texts = []
        for cell in row:
            value = cell.find(f"{SPACE}v")
            texts.append("".join(cell.itertext()) if value is None else str(value.text))
        found.append(texts)
    return found
