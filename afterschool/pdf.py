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
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

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
# One for the whole process: the fonts are opened once.
FONTS = FontConfiguration()


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
    fetcher = AssetFetcher()
    pdf = HTML(string=html, url_fetcher=fetcher).write_pdf(font_config=FONTS)
    # WeasyPrint leaves out what it was refused and goes on; a paper with a hole is not ours.
    if fetcher.refused:
        raise ForeignAddress(fetcher.refused)
    return pdf


class AssetFetcher(URLFetcher):
    """Hands out our own assets and images written into the page, and notes every other address it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []

    def fetch(self, url, headers=None):
        if url in ASSETS:
            path, kind = ASSETS[url]
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
        if url.startswith(INLINE_IMAGES):
            return super().fetch(url, headers)
        self.refused.append(url)
        raise ForeignAddress(url)


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
