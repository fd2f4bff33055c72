"""How the house writes amounts, days, grades and phones, and the small pieces every page uses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypeVar

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from afterschool.money import Money
from afterschool.policy.terms import GRADES, WEEKDAYS, weekday_name
from afterschool.policy.verdict import Cite

register = template.Library()

NO_BREAK_SPACE = "\u00a0"
Day = TypeVar("Day", dt.date, dt.datetime)
SCHOOL_WEEK = [1, 2, 3, 4, 5]


# Amounts


@register.filter
def money(value: Money | int | str | None) -> str:
    """`1,590.37`, from Money or whole fen."""
    if value is None or isinstance(value, str):  # Django hands in "" for what is not there
        return ""
    return (value if isinstance(value, Money) else Money(value)).display()


@register.filter
def yuan(value: Money | int | None) -> str:
    """`1,590.37 元`, never broken across lines."""
    amount = money(value)
    return f"{amount}{NO_BREAK_SPACE}元" if amount else ""


# Days and hours


def _local(value: Day) -> Day:
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


@register.filter
def day(value: dt.date | None) -> str:
    """`12月3日`."""
    return f"{(on := _local(value)).month}月{on.day}日" if value else ""


@register.filter
def full_day(value: dt.date | None) -> str:
    """`2026年12月3日`."""
    return f"{_local(value).year}年{day(value)}" if value else ""


@register.filter
def month(value: dt.date | None) -> str:
    """`2026年11月`."""
    return f"{(on := _local(value)).year}年{on.month}月" if value else ""


@register.filter
def weekday(value: dt.date | None) -> str:
    """`星期四`."""
    return f"星期{WEEKDAYS[_local(value).weekday()]}" if value else ""


@register.filter
def weekdays(numbers: Iterable[int] | None) -> str:
    """`周一、周二、周四`, from 1 for Monday to 7 for Sunday; the whole school week is `周一至周五`."""
    chosen = sorted(numbers or [])
    if chosen == SCHOOL_WEEK:
        return "周一至周五"
    return "、".join(weekday_name(number) for number in chosen)


@register.filter
def clock(value: dt.datetime | dt.time | None) -> str:
    """`17:42`."""
    if isinstance(value, dt.datetime):
        value = _local(value)
    return value.strftime("%H:%M") if isinstance(value, dt.datetime | dt.time) else ""


# Children and adults


@register.filter
def grade_name(grade: int | None) -> str:
    """1–6 are the primary grades, 7–9 初一 to 初三, 10–12 高一 to 高三."""
    return GRADES[grade] if grade else ""


@register.filter
def class_name(klass: Any) -> str:
    """`三(2)班`, `初一(2)班`, from anything with a grade and a number."""
    if not klass:
        return ""
    return f"{grade_name(klass.grade).removesuffix('年级')}({klass.number})班"


@register.filter
def phone_mask(phone: str | None) -> str:
    """`138****5678`; what is too short to mask is hidden whole."""
    digits = str(phone or "")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else "****" if digits else ""


@register.filter
def initial(name: str | None) -> str:
    """The sign in a person's avatar: the last of the name, 诺 for 陈一诺."""
    return str(name or "").strip()[-1:]


# Pieces


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign of the sprite `static/icons.svg`; the word beside it says what it means."""
    sprite = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"/></svg>'
    return format_html(sprite, static("icons.svg"), name)


@register.simple_tag
def pill(state: str, word: str) -> SafeString:
    """A state with its glyph: in, absent, leave, late, unknown, gone, wait or plain."""
    return format_html('<span class="pill pill-{}">{}</span>', state, word)


@register.simple_tag
def clause(cite: Cite | str | None) -> SafeString:
    """The chip that leads to a clause's text; takes a Cite, or its label as a row keeps it: `实施方案 四.4`."""
    if not cite:
        return SafeString("")
    label, quote, code = (cite.label, cite.quote, cite.code) if isinstance(cite, Cite) else (cite, "", "")
    policy, _, number = label.partition(" ")
    if not number:
        return format_html('<span class="clause">{}</span>', label)
    chip = '<a class="clause" href="{}" title="{}">{}</a>'
    return format_html(chip, reverse("policy-clause", args=[code or policy, number]), quote, label)


@register.simple_tag(takes_context=True)
def csrf_header(context: template.Context) -> SafeString:
    """For an htmx button outside a form: `<button hx-post="…" {% csrf_header %}>`."""
    return format_html('hx-headers=\'{{"X-CSRFToken": "{}"}}\'', context["csrf_token"])
