"""The door to paper: every name is drawn, and nothing is fetched."""

import io
import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from pypdf import PdfReader

from afterschool.pdf import ForeignAddress, MissingGlyph, draw, drawable, render_pdf

RARE_NAMES = "㛃䶮𬭼𠅤㴋𫖯㙍䴉𬱖𬴊鿏𬍛𬭊𬸪𰻝喆堃犇翀頔彧赟"
NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/nowhere</dir></fontconfig>'
PAPER = '<html lang="zh-CN"><link rel="stylesheet" href="asset:print.css"><h1>{title}</h1><p>{body}</p></html>'


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def picture(inside: str) -> str:
    """An `img` whose drawing is written into the page."""
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{inside}</svg>"
    return f'<img alt="" src="data:image/svg+xml,{quote(svg)}">'


NESTED_IMAGE = picture("<image href='file:///etc/passwd' width='9' height='9'/>")


def fonts_of(pdf: bytes) -> set[str]:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return {font["/BaseFont"].split("+")[-1] for page in pages for font in page["/Resources"]["/Font"].values()}


def test_rare_names_are_drawn_and_can_be_copied_out_again():
    pdf = draw(PAPER.format(title=f"协议 {RARE_NAMES}", body=f"学生{RARE_NAMES}"))

    assert text_of(pdf).count(RARE_NAMES) == 2
    assert fonts_of(pdf) == {"Paper-Sans", "Paper-Serif"}


def test_names_are_drawn_on_a_machine_without_chinese_fonts(tmp_path):
    (tmp_path / "fonts.conf").write_text(NO_FONTS)
    page = PAPER.format(title="名册", body=RARE_NAMES)
    program = f"import sys; from afterschool.pdf import draw; sys.stdout.buffer.write(draw({page!r}))"
    environment = os.environ | {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "XDG_CACHE_HOME": str(tmp_path)}
    pdf = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True).stdout

    assert RARE_NAMES in text_of(pdf)
    assert fonts_of(pdf) == {"Paper-Sans", "Paper-Serif"}
    assert pdf == draw(page)  # the same paper on any machine


def test_a_character_without_a_glyph_is_named_with_the_words_around_it():
    with pytest.raises(MissingGlyph) as refusal:
        draw(PAPER.format(title="名册", body="学生张\U0001f600明，学生李\ue000华"))

    assert "有 2 个字打印不出来" in str(refusal.value)
    assert "U+1F600，在“学生张\U0001f600明" in str(refusal.value)
    assert "U+E000" in str(refusal.value)


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\x07", "\U0001f600", "\ue000", "ก"])
def test_signs_that_do_not_belong_on_paper(sign):
    assert not drawable(sign)
    with pytest.raises(MissingGlyph):
        draw(PAPER.format(title="名册", body=f"&#{ord(sign)};" if sign.isprintable() else sign))


@pytest.mark.parametrize("sign", [" ", "\n", "\u3000", "\u00a0", "·", "—", "√", "㎡", "①", "×", "−", "〇"])
def test_signs_that_clerks_use(sign):
    assert drawable(sign)


@pytest.mark.parametrize(
    "attack",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://example.invalid/a.png">',
        '<link rel="stylesheet" href="http://example.invalid/a.css">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<a rel="attachment" href="file:///etc/passwd">名册</a>',
        '<p style="background: url(file:///etc/hostname)">名册</p>',
        "<style>@import url(file:///etc/passwd)</style>",
        "<style>@font-face { font-family: x; src: url(file:///etc/passwd) }</style><p style='font-family: x'>名册</p>",
        '<object data="file:///etc/passwd"></object>',
        '<embed src="file:///etc/passwd">',
        '<img src="data:text/html,<b>x</b>">',
        NESTED_IMAGE,
        '<img src="asset:../afterschool/settings.py">',
    ],
)
def test_a_paper_fetches_nothing_but_our_assets(attack):
    with pytest.raises(ForeignAddress):
        draw(f'<html lang="zh-CN">{attack}</html>')


def test_a_picture_written_into_the_page_is_drawn():
    square = picture("<rect width='9' height='9'/>")

    assert len(draw(square)) > len(draw('<img alt="">'))


def test_the_print_ground_numbers_its_pages_and_escapes_what_it_is_given(settings, tmp_path):
    (tmp_path / "sample.html").write_text(
        '{% extends "print/base.html" %}{% block running %}海棠路小学{% endblock %}'
        "{% block heading %}{{ title }}{% endblock %}"
        "{% block content %}<table><thead><tr><th>姓名</th></tr></thead>"
        "{% for name in names %}<tr><td>{{ name }}</td></tr>{% endfor %}</table>{% endblock %}"
    )
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    names = ['<img src="file:///etc/passwd">', *("欧阳思远" for _ in range(45))]

    pdf = render_pdf("sample.html", {"title": "名册", "names": names})

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]

    assert len(pages) == 2
    assert all("海棠路小学" in page and "姓名" in page and f"第 {n} / 2 页" in page for n, page in enumerate(pages, 1))
    assert "<img src=" in pages[0]
