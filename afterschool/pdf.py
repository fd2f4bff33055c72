"""The one door to paper: a template of `templates/print/` becomes a PDF, in fonts that hold every name.

A PDF drops a character its font lacks without a word, so every character is looked up before anything is drawn.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from fontTools.ttLib import TTFont

from afterschool.errors import RuleBroken

FONT_FILES = files("pylopdf_fonts_zh_cn")
SANS = FONT_FILES / "NotoSansSC-Regular.otf"
SERIF = FONT_FILES / "NotoSerifSC-Regular.otf"
# Everything a paper may ask for. Nothing else is ever fetched, from the disk or from the network.
ASSETS = {
    "asset:print.css": (Path(__file__).parent.parent / "static/css/print.css", "text/css"),
    "asset:sans.otf": (SANS, "font/otf"),
    "asset:serif.otf": (SERIF, "font/otf"),
}
INLINE_IMAGES = ("data:image/svg+xml", "data:image/png;base64,")


class MissingGlyph(RuleBroken):
    """The paper holds characters that no font of ours can draw."""


class ForeignAddress(Exception):
    """A paper asked for something that is not one of our assets."""


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """Fill in a template of `templates/print/` and draw it."""
    return draw(render_to_string(template, context))


def draw(html: str) -> bytes:
    """Raises MissingGlyph rather than print a name with a hole in it. The same page gives the same bytes."""
    refuse_missing_glyphs(html)
    from afterschool.press import press  # slow to import, and most processes never print

    return press(html)


def refuse_missing_glyphs(html: str) -> None:
    """Look up every character of the text; name those that are missing and the words around them."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    missing: dict[str, str] = {}
    for text in reader.texts:
        for place, sign in enumerate(text):
            if not drawable(sign):
                missing.setdefault(sign, text[max(0, place - 8) : place + 8].strip())
    if missing:
        named = "；".join(f"{sign}（U+{ord(sign):04X}，在“{around}”中）" for sign, around in missing.items())
        raise MissingGlyph(f"有 {len(missing)} 个字打印不出来，请改用通用写法：{named}")


def drawable(sign: str) -> bool:
    """Blanks need no glyph; signs that only steer others (such as a right-to-left override) have no place on paper."""
    if sign.isspace():
        return True
    return unicodedata.category(sign) not in {"Cc", "Cf"} and ord(sign) in _code_points()


@cache
def _code_points() -> frozenset[int]:
    return frozenset().union(*(TTFont(str(font), lazy=True).getBestCmap() for font in (SANS, SERIF)))


class _TextReader(HTMLParser):
    """Collects what will be drawn: the text, and attributes that papers may print."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if value and name in {"alt", "title", "content"}]
