"""The nine records as one PDF: a title page, the contents, what is missing, the records; each page numbered.

What WeasyPrint needs of time and memory grows with the cells it draws. So the records are drawn in parts of a bounded
weight, one after another, and bound together at the end.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from afterschool.pdf import drawable, render_pdf

from .record import Record, Table

HEAVIEST = 8_000  # cells: some six seconds and two hundred megabytes
LINE = 40  # letters that weigh as much as a cell
FRONT = 2  # pages of the title and the contents
FONT, SIZE, DIGIT = "/Number", 9, 4.5  # of the page numbers; points
Thing = TypeVar("Thing")
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Piece:
    """A chapter or a part of it: the first has the title, the last the lines to sign on."""

    chapter: str
    tables: Sequence[Table]
    note: str = ""
    signers: Sequence[str] = ()
    is_first: bool = True


def paper(facts: dict[str, Any], records: Sequence[Record], gaps: Sequence[str], progress: Progress) -> bytes:
    """`facts` are those of the title page."""
    missing = Table("", ["序号", "缺项"], [6, 94], [[str(number), gap] for number, gap in enumerate(gaps, 1)])
    pieces = list(_pieces("缺项", [missing]))
    for record in records:
        pieces += _pieces(title_of(record), record.tables, record.note, record.signers)
    parts, drawn = list(_together(pieces, _of_piece)), []
    for number, part in enumerate(parts):
        progress(number, len(parts), f"正在排版，第 {number + 1} 部分，共 {len(parts)} 部分")
        drawn.append(_read(render_pdf("print/archive_part.html", {**facts, "pieces": part})))
    sizes = [("缺项", f"缺项 {len(gaps)}"), *((title_of(record), record.size) for record in records)]
    return _bind(facts, sizes, drawn)


def title_of(record: Record) -> str:
    return f"{'一二三四五六七八九'[record.number - 1]}、{record.name}"


# Cutting: rows, tables and chapters go together while they are light


def _together(things: Sequence[Thing], weight: Callable[[Thing], int]) -> Iterator[list[Thing]]:
    bundle: list[Thing] = []
    heavy = 0
    for thing in things:
        if bundle and heavy + weight(thing) > HEAVIEST:
            yield bundle
            bundle, heavy = [], 0
        bundle.append(thing)
        heavy += weight(thing)
    yield bundle


def _pieces(chapter: str, tables: Sequence[Table], note: str = "", signers: Sequence[str] = ()) -> Iterator[Piece]:
    bundles = list(_together([part for table in tables for part in _cut(table)], _of_table))
    for number, bundle in enumerate(bundles, 1):
        yield Piece(chapter, bundle, note, signers if number == len(bundles) else (), is_first=number == 1)


def _cut(table: Table) -> Iterator[Table]:
    """A table that is too heavy goes in several; the sums stay with the last."""
    *others, last = _together(table.rows, _of_row)
    for rows in others:
        yield _drawable(replace(table, rows=rows, foot=()))
    yield _drawable(replace(table, rows=last))


def _of_row(row: Sequence[str]) -> int:
    return sum(1 + len(cell) // LINE for cell in row)


def _of_table(table: Table) -> int:
    return sum(map(_of_row, [table.heads, *table.rows, *table.foot]))


def _of_piece(piece: Piece) -> int:
    return sum(map(_of_table, piece.tables))


class _Signs(dict[int, int | str]):
    """What no font of ours can draw is named by its number: a note once written cannot be written anew for the paper."""

    def __missing__(self, code: int) -> int | str:
        self[code] = code if drawable(chr(code)) else f"〔U+{code:04X}〕"
        return self[code]


SIGNS = _Signs()


def _drawable(table: Table) -> Table:
    rows = [[cell.translate(SIGNS) for cell in row] for row in table.rows]
    return replace(table, caption=table.caption.translate(SIGNS), rows=rows)


# Binding


def _read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def _bind(facts: dict[str, Any], sizes: Sequence[tuple[str, str]], drawn: Sequence[PdfReader]) -> bytes:
    """The contents stand before what they tell of, so they are drawn last."""
    begins, page = [], FRONT + 1
    for file in drawn:
        titles = [title for title in file.outline if not isinstance(title, list)]  # no chapter has chapters
        begins += [page + (file.get_destination_page_number(title) or 0) for title in titles]
        page += len(file.pages)
    contents = [(chapter, size, begin) for (chapter, size), begin in zip(sizes, begins, strict=True)]
    writer = PdfWriter()
    for file in [_read(render_pdf("print/archive.html", {**facts, "contents": contents, "pages": page - 1})), *drawn]:
        writer.append(file, import_outline=False)
    for chapter, _, begin in contents:
        writer.add_outline_item(title=chapter, page_number=begin - 1)
    _number(writer)
    writer.add_metadata({"/Title": facts["title"], "/Author": facts["school"].name})
    bound = io.BytesIO()
    writer.write(bound)
    return bound.getvalue()


def _number(writer: PdfWriter) -> None:
    """`12 / 340` below each page: how many there are is known only now."""
    words = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = writer._add_object(DictionaryObject({NameObject(key): NameObject(word) for key, word in words.items()}))
    begin = writer._add_object(_stream("q"))
    for number, page in enumerate(writer.pages, 1):
        said = f"{number} / {len(writer.pages)}"
        x = (float(page.mediabox.width) - DIGIT * len(said)) / 2
        end = writer._add_object(_stream(f"Q BT {FONT} {SIZE} Tf {x:.1f} 24 Td ({said}) Tj ET"))
        resources = cast(DictionaryObject, page["/Resources"])
        cast(DictionaryObject, resources["/Font"])[NameObject(FONT)] = font
        page[NameObject("/Contents")] = ArrayObject([begin, page.raw_get("/Contents"), end])


def _stream(drawing: str) -> DecodedStreamObject:
    stream = DecodedStreamObject()
    stream.set_data(drawing.encode())
    return stream
