"""Makes small documents, good and evil."""

import io
import zipfile
import zlib
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>{title}</dc:title><dcterms:created>2024-03-20T10:00:00Z</dcterms:created></cp:coreProperties>"
)


def docx(*paragraphs, title="Yard notes", body=None, extra=None):
    """A DOCX with these paragraphs, or with a body as XML."""
    inner = body or "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    document = f'<w:document xmlns:w="{_W}"><w:body>{inner}</w:body></w:document>'
    return archive({"word/document.xml": document, "docProps/core.xml": _CORE.format(title=title)} | (extra or {}))


def archive(entries):
    """A zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return file.getvalue()


def pdf(*pages, title="Yard notes", compress=False):
    """A PDF with a line of text per element, page by page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    font = "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    for lines in pages:
        shown = " T* ".join(f"({line}) Tj" for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 50 750 Td {shown} ET".encode("latin-1")
        contents = len(objects) + 2
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] {font} /Contents {contents} 0 R >>")
        kids.append(f"{len(objects)} 0 R")
        objects.append(zlib.compress(stream) if compress else stream)
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({title}) /CreationDate (D:20240320100000Z) >>")
    return _assembled(objects, compress=compress)


def _assembled(objects, *, compress):
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + _body(content, compress=compress) + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{place:010d} 00000 n \n".encode() for place in places)
    size = len(places)
    out.write(f"trailer << /Size {size + 1} /Root 1 0 R /Info {size} 0 R >>\nstartxref\n{start}\n%%EOF".encode())
    return out.getvalue()


def _body(content, *, compress):
    if isinstance(content, str):
        return content.encode()
    how = " /Filter /FlateDecode" if compress else ""
    return f"<< /Length {len(content)}{how} >>\nstream\n".encode() + content + b"\nendstream"
