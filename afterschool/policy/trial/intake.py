"""A scenario, read in: from its rows to facts, and a refusal where they do not fit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from afterschool.money import ZERO, Money
from afterschool.policy.rule import Case
from afterschool.policy.terms import service_on
from afterschool.policy.trial.facts import Absence, CutShort, Facts, Item, Span, Student, case_of, money
from afterschool.policy.trial.papers import ScenarioError
from afterschool.policy.waivers import Waived
from afterschool.policy.windows import Bells


def facts_of(raw: Mapping[str, Any]) -> Facts:
    term = _span(raw["term"], "$.term") if "term" in raw else None
    months = _months(raw, term)
    on = _on(raw, months)
    school = raw.get("school", {})
    case = Case(
        stage=school.get("stage"),
        grade=school.get("grade"),
        boarding=school.get("boarding", False),
        month=on.month,
        ownership=school.get("ownership"),
        area=school.get("area"),
        tier=school.get("tier"),
        school=school.get("name"),
    )
    items = tuple(_item(row, number, case) for number, row in enumerate(raw.get("items", ())))
    _refuse_twins([item.key for item in items], "$.items", "key")
    students = tuple(_student(row, number, case, items) for number, row in enumerate(raw.get("students", ())))
    _refuse_twins([student.key for student in students], "$.students", "id")
    bells = Bells(**{name: time.fromisoformat(at) for name, at in school.get("bells", {}).items()})
    receipts = _receipts(raw.get("receipts", ()), students, items)
    return Facts(on, months or (_month_of(on),), term, case, bells, items, students, receipts, raw)


def _on(raw: Mapping[str, Any], months: tuple[Span, ...]) -> date:
    if "on" in raw:
        return date.fromisoformat(raw["on"])
    if months:
        return months[0][0]
    days = sorted(duty["day"] for duty in raw.get("duties", ()))
    if not days:
        raise ScenarioError("$.on", "缺少“on”", "请写按哪一天的规定办，如 2026-10-12；或者写 month")
    return date.fromisoformat(days[0])


def _months(raw: Mapping[str, Any], term: Span | None) -> tuple[Span, ...]:
    if "month" in raw:
        return (_month_of(date.fromisoformat(f"{raw['month']}-01")),)
    if term is None:
        return ()
    spans, day = [], term[0]
    while day <= term[1]:
        last = min(_month_of(day)[1], term[1])
        spans.append((day, last))
        day = last + timedelta(days=1)
    return tuple(spans)


def _month_of(day: date) -> Span:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _span(row: Mapping[str, str], at: str) -> Span:
    first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
    if last < first or last - first > timedelta(days=400):
        raise ScenarioError(f"{at}.last", f"{last} 不行", "最后一天不早于第一天，一共不超过 400 天")
    return first, last


def _item(row: Mapping[str, Any], number: int, school: Case) -> Item:
    at = f"items[{number}]"
    weekdays = tuple(row.get("weekdays", ()))
    vacation = _span(row["vacation"], f"$.{at}.vacation") if "vacation" in row else None
    told = "vacation" if vacation else service_on(min(weekdays)) if weekdays else "weekday"
    if "rate" in row and "rates" in row:
        raise ScenarioError(f"$.{at}.rates", "rate 和 rates 都写了", "只写一个")
    service, slot = row.get("service", told), row.get("slot", "afternoon")
    case = replace(case_of(row, school), grade=None, service=service, slot=slot, item=row.get("item"))
    return Item(
        at,
        row.get("key", row.get("label", str(number + 1))),
        case,
        tuple(row.get("grades") or (school.grade,)),
        weekdays,
        (time.fromisoformat(row["starts"]), time.fromisoformat(row["ends"])) if "starts" in row else None,
        row.get("lessons", 1),
        tuple(sorted(date.fromisoformat(day) for day in row.get("days", ()))),
        vacation,
        row.get("unit", ""),
        _rates(row),
        f"{at}.rates" if "rates" in row else f"{at}.rate",
        row.get("outsiders", False),
        row.get("students"),
        tuple(map(_cut_short, row.get("cut_short", ()))),
    )


def _cut_short(row: Mapping[str, Any]) -> CutShort:
    return CutShort(date.fromisoformat(row["day"]), row.get("lessons"), row.get("minutes"))


def _rates(row: Mapping[str, Any]) -> tuple[tuple[date, Money], ...]:
    if "rate" in row:
        return ((date.min, money(row["rate"])),)
    return tuple(sorted((date.fromisoformat(one["from"]), money(one["rate"])) for one in row.get("rates", ())))


def _student(row: Mapping[str, Any], number: int, school: Case, items: Sequence[Item]) -> Student:
    at, known = f"students[{number}]", [item.key for item in items]
    for place, key in enumerate(row.get("items", ())):
        _known(key, known, f"$.{at}.items[{place}]")
    case = case_of(row, school)
    mine = [item.key for item in items if item.grades == (None,) or case.grade in (None, *item.grades)]
    return Student(
        at,
        row.get("id", str(number + 1)),
        case,
        tuple(row.get("items", mine)),
        date.fromisoformat(row["from"]) if "from" in row else date.min,
        date.fromisoformat(row["to"]) if "to" in row else date.max,
        date.fromisoformat(row["withdrew_on"]) if "withdrew_on" in row else None,
        tuple(Waived(one["group"], one.get("percent")) for one in row.get("waivers", ())),
        tuple(_absence(one, known, f"$.{at}.attendance[{n}]") for n, one in enumerate(row.get("attendance", ()))),
        money(row["charged"]) if "charged" in row else None,
        money(row.get("charged_before", 0)),
        money(row.get("refunded", 0)),
    )


def _absence(row: Mapping[str, Any], known: Sequence[str], at: str) -> Absence:
    item = _known(row["item"], known, f"{at}.item") if "item" in row else ""
    return Absence(date.fromisoformat(row["day"]), item, row.get("lessons"))


def _receipts(
    rows: Sequence[Mapping[str, Any]], students: Sequence[Student], items: Sequence[Item]
) -> dict[tuple[str, str], Money]:
    """What each student paid for each item."""
    paid: dict[tuple[str, str], Money] = {}
    for number, row in enumerate(rows):
        at = f"$.receipts[{number}]"
        student = _the(row, "student", [student.key for student in students], at)
        item = _the(row, "item", [item.key for item in items], at)
        paid[student, item] = paid.get((student, item), ZERO) + money(row["amount"])
    return paid


def _the(row: Mapping[str, Any], name: str, known: Sequence[str], at: str) -> str:
    """Which one a row speaks of; it need not say so where there is only one."""
    if name not in row and len(known) == 1:
        return known[0]
    return _known(row.get(name, ""), known, f"{at}.{name}")


def _known(key: str, known: Sequence[str], at: str) -> str:
    if key not in known:
        raise ScenarioError(at, f"没有“{key}”", f"写过的有 {'、'.join(known) or '（还没有）'}")
    return key


def _refuse_twins(keys: Sequence[str], at: str, name: str) -> None:
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise ScenarioError(f"{at}[{number}].{name}", f"“{key}”写了两次", f"每一项的 {name} 要不同")
