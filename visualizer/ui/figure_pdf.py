"""What a PDF figure says of itself, and what Qt's PDF writer gets wrong about its text."""

from __future__ import annotations

import re
from html import escape
from unicodedata import normalize

from visualizer.session.provenance import XMP_NAMESPACE, facts_json
from visualizer.ui.figure_parts import one_line

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:visualizer="{namespace}">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<xmp:CreatorTool>{application}</xmp:CreatorTool>
<xmp:CreateDate>{date}</xmp:CreateDate>
<pdf:Keywords>{keywords}</pdf:Keywords>
<visualizer:provenance>{facts}</visualizer:provenance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""

_KEYWORDS = ("model", "weights_sha256", "tokenizer", "device", "dtype", "layer", "head")
_TABLE = re.compile(rb"\nbegincmap\n.*?\nendcmap\n", re.DOTALL)
_MEANINGS = re.compile(rb"\[(?:<[0-9A-Fa-f]{4}> ?)+\]|(?<=> )<[0-9A-Fa-f]{4}>(?=\n)")
_CODE = re.compile(rb"<([0-9A-Fa-f]{4})>")


def xmp_packet(title: str, facts: dict[str, str]) -> bytes:
    """All facts as an XMP packet in UTF-8; `visualizer:provenance` holds them as JSON."""
    keywords = "; ".join(f"{name}={facts[name]}" for name in _KEYWORDS if name in facts)
    return _XMP.format(
        namespace=XMP_NAMESPACE,
        title=escape(title, quote=False),
        application=escape(facts["application"], quote=False),
        date=escape(facts["date"], quote=False),
        keywords=escape(one_line(keywords), quote=False),
        facts=escape(facts_json(facts), quote=False),
    ).encode("utf-8")


def with_true_text(pdf: bytes) -> bytes:
    """A PDF of Qt's whose text can be searched and copied.

    Fonts draw several code points with one glyph: 大 and the radical U+2F24, or a space and a tab.
    Qt's writer notes the lowest as that glyph's meaning, so that a search for 大 finds nothing. In
    the tables from glyphs to text, codes of radicals are replaced by those of the characters, and
    tabs, which figures never show, by spaces. All have four hexadecimal digits: nothing moves.
    """
    return _TABLE.sub(_mended_table, pdf)


def _mended_table(table: re.Match[bytes]) -> bytes:
    return _MEANINGS.sub(_mended_meanings, table.group())


def _mended_meanings(meanings: re.Match[bytes]) -> bytes:
    return _CODE.sub(_true_code, meanings.group())


def _true_code(code: re.Match[bytes]) -> bytes:
    number = int(code.group(1), 16)
    if number == ord("\t"):
        return b"<0020>"
    if not 0x2E80 <= number <= 0x2FDF:  # CJK and Kangxi radicals
        return code.group()
    character = normalize("NFKC", chr(number))
    return b"<%04X>" % ord(character) if len(character) == 1 else code.group()
