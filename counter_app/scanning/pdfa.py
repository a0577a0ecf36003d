"""What a scanned document says of itself: whose paper it is, who scanned it when, and from which pictures it was made.

These have no place among the standard metadata, so they stand in a schema of their own, which the file describes as
PDF/A asks (ISO 19005-2, 6.6.2.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from printing import pdfa
from printing.wording import local

if TYPE_CHECKING:
    import pikepdf

NAMESPACE: Final = "urn:counter-app:scan:1#"
_PREFIX: Final = "scan"


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """Of which dossier and component a document is, and who scanned it (shown on its first page, unless empty).

    ``scanned_at`` is also the document's own moment: the same pages and facts give the same bytes.
    """

    title: str
    dossier_code: str
    component_code: str
    component_name: str
    office: str
    scanned_by: str
    scanned_at: datetime


def declare_scan(document: pikepdf.Pdf, facts: DocumentFacts, source_digests: Sequence[str]) -> None:
    """Make an open document PDF/A-2b; ``source_digests``: SHA-256 of each page's picture, in order."""
    subject = f"{facts.dossier_code} · {facts.component_name}".strip(" ·")
    pdfa.declare(
        document,
        facts.title,
        subject,
        facts.scanned_at,
        author=facts.scanned_by or facts.office or pdfa.PROGRAM,
        more=_facts_xml(facts, source_digests) + _schema_xml(),
    )


_PROPERTIES: Final = (
    ("dossierCode", "Text", "Code of the dossier"),
    ("componentCode", "Text", "Code of the component or result"),
    ("componentName", "Text", "Name of the component or result"),
    ("office", "Text", "Office that scanned the paper"),
    ("scannedBy", "Text", "Person who scanned the paper"),
    ("scannedAt", "Date", "Moment of scanning"),
    ("sourceDigests", "seq Text", "SHA-256 of the scanned picture of each page"),
)


def _facts_xml(facts: DocumentFacts, source_digests: Sequence[str]) -> str:
    values = {
        "dossierCode": facts.dossier_code,
        "componentCode": facts.component_code,
        "componentName": facts.component_name,
        "office": facts.office,
        "scannedBy": facts.scanned_by,
        "scannedAt": local(facts.scanned_at).replace(microsecond=0).isoformat(),
    }
    told = "\n".join(f"<{_PREFIX}:{name}>{escape(value)}</{_PREFIX}:{name}>" for name, value in values.items())
    digests = "".join(f"<rdf:li>{digest}</rdf:li>" for digest in source_digests)
    return (
        f'\n<rdf:Description rdf:about="" xmlns:{_PREFIX}="{NAMESPACE}">\n{told}\n'
        f"<{_PREFIX}:sourceDigests><rdf:Seq>{digests}</rdf:Seq></{_PREFIX}:sourceDigests>\n</rdf:Description>"
    )


def _schema_xml() -> str:
    described = "\n".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        f"<pdfaProperty:valueType>{kind}</pdfaProperty:valueType>"
        f"<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
        for name, kind, meaning in _PROPERTIES
    )
    return f"""
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Scanned document of a dossier</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>{_PREFIX}</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
{described}
</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>"""
