"""条款号: which part of a notice a number like 四.4, 三(二), 五(二)1 or 第十二条 names, and in which order they stand."""

from __future__ import annotations

import re

CHINESE, ARABIC = "[一二三四五六七八九十百]+", r"\d+"
# Of each kind of number: its digits, how a rule's clause writes it, and how a heading of the notice does.
FORMS = (
    (CHINESE, "第{}条", "第{}条"),
    (CHINESE, "第{}章", "第{}章"),
    (CHINESE, "[(（]{}[)）]", "[(（]{}[)）]"),
    (ARABIC, "[(（]{}[)）]", "[(（]{}[)）]"),
    (CHINESE, "{}", "{}、"),
    (ARABIC, "{}", "{}[.．、]"),
)
MARK = re.compile("|".join(written.format(f"({digits})") for digits, written, _ in FORMS))
PARAGRAPH = re.compile(f"第{CHINESE}款")
INDENT = r"^[ \t\u3000]*"
HEADING = re.compile(INDENT + "(?:" + "|".join(heading.format(digits) for digits, _, heading in FORMS) + ")")
# What stands before the first heading, and the last paragraph.
OPENING = "引言"
UNNUMBERED = {OPENING: (), "末段": (1000,)}
DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}


def passages(notice: str, clause: str) -> list[str]:
    """The parts of the notice that the clause may name; none where there is no such heading.

    More than one where a heading stands twice, in a table of contents for instance.
    """
    if clause in UNNUMBERED:
        paragraphs = notice.strip().splitlines()
        first = next((at for at, line in enumerate(paragraphs) if HEADING.match(line)), len(paragraphs))
        return ["\n".join(paragraphs[:first] if clause == OPENING else paragraphs[-1:])]
    marks = _marks(clause)
    found = [notice] if marks and not MARK.sub("", PARAGRAPH.sub("", clause)).strip(".") else []
    for mark in marks:
        found = [part for text in found for part in _under(text, mark)]
    return found


def order(clause: str) -> tuple[int, ...]:
    """To sort clauses as they stand in the notice."""
    if clause in UNNUMBERED:
        return UNNUMBERED[clause]
    return tuple(int(number) if number.isdigit() else _value(number) for number in map(_number, _marks(clause)))


def _marks(clause: str) -> list[re.Match[str]]:
    """The numbers of a clause from the outermost in. A paragraph (款) has no heading of its own."""
    return list(MARK.finditer(PARAGRAPH.sub("", clause)))


def _number(mark: re.Match[str]) -> str:
    return next(group for group in mark.groups() if group)


def _under(text: str, mark: re.Match[str]) -> list[str]:
    """From each heading with this number to the next heading of its kind."""
    digits, _, heading = FORMS[(mark.lastindex or 1) - 1]
    own, all_of_kind = (
        [found.start() for found in re.finditer(INDENT + heading.format(number), text, re.MULTILINE)]
        for number in (_number(mark), digits)
    )
    return [text[start : min(after for after in [*all_of_kind, len(text)] if after > start)] for start in own]


def _value(numeral: str) -> int:
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * DIGITS.get(hundreds, 0) + DIGITS.get(ones, 0)
    return value + (10 * DIGITS.get(tens, 1) if ten else 0)
