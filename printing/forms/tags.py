"""The order of reading in a PDF: which text is a title and which a paragraph (ISO 32000-1, 14.7 and 14.8).

ReportLab writes no structure. Here each paragraph is drawn between marks, and :func:`structure` makes the tree of
them that a screen reader follows. The file stays PDF/A-2b: tables are read cell by cell, without rows and columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from printing.forms.text import Text

if TYPE_CHECKING:
    from pikepdf import Dictionary, Pdf
    from reportlab.pdfgen.canvas import Canvas

_TITLE, _TEXT = "H1", "P"


class Tagged(Text):
    """A paragraph that is drawn between the marks of the structure, numbered through the page.

    The canvas keeps the roles of its page as ``marked``, a list.
    """

    def draw(self) -> None:
        """The paragraph, as the next one of its page."""
        canvas: Any = self.canv
        role = _TITLE if self.style.name.removesuffix(" shaped") == "title" else _TEXT
        canvas._code.append(f"/{role} <</MCID {len(canvas.marked)}>> BDC")
        canvas.marked.append(role)
        super().draw()
        canvas._code.append("EMC")


def begin_artifact(canvas: Canvas) -> None:
    """What follows up to :func:`end_artifact` is no part of the text: page numbers, running heads."""
    canvas._code.append("/Artifact BMC")  # type: ignore[attr-defined]  # the canvas has no word of its own for it


def end_artifact(canvas: Canvas) -> None:
    """The text goes on."""
    canvas._code.append("EMC")  # type: ignore[attr-defined]


def structure(document: Pdf, language: str, marked: Sequence[Sequence[str]]) -> None:
    """The tree of what :class:`Tagged` marked, page by page in the order of drawing; none where nothing is marked."""
    import pikepdf

    name, new = pikepdf.Name, document.make_indirect
    whole = new(pikepdf.Dictionary(Type=name.StructElem, S=name.Document, Lang=language))
    paragraphs: list[Dictionary] = []
    parents: list[Any] = []
    for page, roles in zip(document.pages, marked, strict=True):
        if roles:
            found = [
                new(pikepdf.Dictionary(Type=name.StructElem, S=name(f"/{role}"), P=whole, Pg=page.obj, K=number))
                for number, role in enumerate(roles)
            ]
            page.obj.StructParents = len(parents) // 2
            page.obj.Tabs = name.S
            parents += [len(parents) // 2, new(pikepdf.Array(found))]
            paragraphs += found
    if not paragraphs:
        return
    tree = new(
        pikepdf.Dictionary(
            Type=name.StructTreeRoot,
            K=whole,
            ParentTree=new(pikepdf.Dictionary(Nums=pikepdf.Array(parents))),
            ParentTreeNextKey=len(parents) // 2,
        )
    )
    whole.P, whole.K = tree, pikepdf.Array(paragraphs)
    document.Root.StructTreeRoot = tree
    document.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
    document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
