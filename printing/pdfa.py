"""What makes a PDF one to keep for good, PDF/A-2b (ISO 19005-2), whoever drew its pages.

The colours that are meant (sRGB), and metadata as XMP that say the same as the document's own. No clock is read: the
same content gives the same bytes.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from printing.wording import local

if TYPE_CHECKING:
    import pikepdf

LANGUAGE = "vi-VN"
PROGRAM = "Quầy Một Cửa"
_COLOURS = "sRGB IEC61966-2.1"
# The moment in an ICC profile's header (ISO 15076-1, 7.2.8) is that of its making: fixed, not today.
_ICC_DATE = slice(24, 36)
_ICC_ID = slice(84, 100)
_FIXED_ICC_DATE = bytes.fromhex("07d000010001000000000000")

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{program}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<pdf:Producer>{program}</pdf:Producer>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>{more}
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def declare(
    document: pikepdf.Pdf, title: str, subject: str, moment: datetime, *, author: str = PROGRAM, more: str = ""
) -> None:
    """Give an open document its metadata and colours; ``more``: further ``rdf:Description`` elements, as XML."""
    import pikepdf

    moment = local(moment).replace(microsecond=0)
    xmp = _XMP.format(
        title=escape(title),
        subject=escape(subject),
        author=escape(author),
        program=PROGRAM,
        language=LANGUAGE,
        moment=moment.isoformat(),
        more=more,
    )
    root = document.Root
    root.Lang = pikepdf.String(LANGUAGE)
    root.Metadata = document.make_stream(xmp.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    profile = document.make_stream(srgb_profile(), N=3)
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String(_COLOURS),
        Info=pikepdf.String(_COLOURS),
        DestOutputProfile=profile,
    )
    root.OutputIntents = pikepdf.Array([document.make_indirect(intent)])
    stamp = pikepdf.String(f"{moment:D:%Y%m%d%H%M%S}+07'00'")
    document.docinfo = document.make_indirect(
        pikepdf.Dictionary(
            Title=pikepdf.String(title),
            Subject=pikepdf.String(subject),
            Author=pikepdf.String(author),
            Creator=pikepdf.String(PROGRAM),
            Producer=pikepdf.String(PROGRAM),
            CreationDate=stamp,
            ModDate=stamp,
        )
    )


@cache
def srgb_profile() -> bytes:
    """The sRGB colour profile as LittleCMS makes it, without the moment of its making."""
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_ICC_DATE] = _FIXED_ICC_DATE
    profile[_ICC_ID] = bytes(16)  # a digest that "not computed" replaces, for it holds for the other moment
    return bytes(profile)
