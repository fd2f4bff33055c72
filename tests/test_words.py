"""How the house writes amounts, days, grades and phones, and its small pieces."""

import datetime as dt
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import engines

from afterschool.money import Money
from afterschool.policy import load
from afterschool.policy.loader import bundled
from afterschool.policy.verdict import Cite
from afterschool.templatetags import words

TEMPLATES = sorted(Path(settings.BASE_DIR / "templates").rglob("*.html"))


def rendered(source: str, **context) -> str:
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize(
    "value, said",
    [(Money(159_037), "1,590.37"), (159_037, "1,590.37"), (0, "0.00"), (-31_240, "−312.40"), (None, ""), ("", "")],
)
def test_money(value, said):
    assert words.money(value) == said


def test_yuan_keeps_the_amount_and_its_unit_on_one_line():
    assert words.yuan(20_000) == "200.00\u00a0元"
    assert words.yuan(None) == ""


def test_money_refuses_floats():
    with pytest.raises(TypeError):
        words.money(200.0)


def test_days():
    thursday = dt.date(2026, 12, 3)

    assert words.day(thursday) == "12月3日"
    assert words.full_day(thursday) == "2026年12月3日"
    assert words.weekday(thursday) == "星期四"
    assert words.month(thursday) == "2026年12月"
    assert (
        rendered("{{ a|day }}{{ a|full_day }}{{ a|weekday }}{{ a|month }}{{ a|clock }}{{ a|money }}{{ a|yuan }}") == ""
    )
    assert [words.day(None), words.full_day(None), words.weekday(None), words.month(None), words.clock(None)] == [
        ""
    ] * 5


def test_a_moment_is_told_in_local_time():
    late = dt.datetime(2026, 12, 3, 16, 42, tzinfo=dt.UTC)

    assert words.day(late) == "12月4日"
    assert words.weekday(late) == "星期五"
    assert words.clock(late) == "00:42"
    assert words.clock(dt.time(0, 0)) == "00:00"


@pytest.mark.parametrize(
    "numbers, said",
    [
        ([1, 2, 4, 5], "周一、周二、周四、周五"),
        ([5, 1], "周一、周五"),
        ([1, 2, 3, 4, 5], "周一至周五"),
        ([6], "周六"),
        ([], ""),
    ],
)
def test_weekdays(numbers, said):
    assert words.weekdays(numbers) == said


@pytest.mark.parametrize("grade, said", [(1, "一年级"), (6, "六年级"), (7, "初一"), (12, "高三"), (None, "")])
def test_grade_name(grade, said):
    assert words.grade_name(grade) == said


@pytest.mark.parametrize("grade, said", [(3, "三(2)班"), (7, "初一(2)班"), (10, "高一(2)班")])
def test_class_name(grade, said):
    assert words.class_name(SimpleNamespace(grade=grade, number=2)) == said


@pytest.mark.parametrize("phone, said", [("13812345678", "138****5678"), ("5678", "****"), ("", ""), (None, "")])
def test_phone_mask(phone, said):
    assert words.phone_mask(phone) == said


@pytest.mark.parametrize("name, said", [("陈一诺", "诺"), ("郭𬱖", "𬱖"), ("", ""), (None, "")])
def test_initial(name, said):
    assert words.initial(name) == said


def test_pieces_escape_what_they_are_given():
    evil = '"><script>alert(1)</script>'
    page = rendered(
        "{% pill state word %}{% icon word %}{% clause cite %}",
        state=evil,
        word=evil,
        cite=Cite("实施方案", evil, evil),
    )

    assert "<script" not in page
    assert rendered('{% pill "in" "已到" %}') == '<span class="pill pill-in">已到</span>'


@pytest.mark.django_db
def test_a_clause_links_to_its_text_from_a_cite_or_from_a_kept_label(client):
    cite = load("dalian-2024").rules[0].cite
    chip, kept = rendered("{% clause cite %}", cite=cite), rendered("{% clause cite %}", cite=cite.label)

    assert f">{cite.label}</a>" in chip
    assert cite.quote in chip
    assert 'href="/law/dalian-2024/' in chip
    for one in (chip, kept):
        page = client.get(re.search('href="([^"]+)"', one)[1])
        assert cite.quote in page.content.decode()
    assert rendered("{% clause cite %}", cite="本校方案") == '<span class="clause">本校方案</span>'
    assert rendered("{% clause cite %}", cite=None) == ""


def test_csrf_header_is_ready_for_an_htmx_button():
    assert (
        rendered("<button {% csrf_header %}>", csrf_token="abc") == """<button hx-headers='{"X-CSRFToken": "abc"}'>"""
    )


def test_every_icon_named_in_a_template_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (settings.BASE_DIR / "static/icons.svg").read_text()))
    named = {name for file in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', file.read_text())}

    assert named - sprite == set()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(settings.BASE_DIR / "templates")))
def test_no_template_carries_inline_code_or_trusts_raw_html(file):
    source = file.read_text()

    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|\|\s*safe\b|autoescape off|hx-on", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", source)


# The law's reading room


@pytest.mark.django_db
@pytest.mark.parametrize("code", bundled())
def test_every_clause_has_a_page_with_its_words(client, code):
    policy = load(code)
    whole = client.get(f"/law/{code}/").content.decode()

    for rule in policy.rules:
        page = client.get(f"/law/{policy.short}/{rule.cite.clause}/").content.decode()
        assert rule.cite.clause in whole
        assert rule.cite.quote.replace('"', "&quot;") in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/law/nowhere/", "/law/dalian-2024/九十九/", "/law/../"])
def test_what_is_not_in_the_library_is_not_found(client, address):
    assert client.get(address).status_code == 404


# Refusals


@pytest.mark.parametrize("page", ["400", "403", "404", "500", "403_csrf"])
def test_a_refusal_stands_without_request_person_or_database(page):
    html = engines["django"].get_template(f"{page}.html").render()

    assert "回到首页" in html
    assert "dist/app.css" in html
