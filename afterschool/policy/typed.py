"""From a TOML value to what a rule holds, or a sentence that says what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from afterschool.money import Money

IN_CHINESE = {str: "文字", int: "整数", bool: "true 或 false", date: "日期，如 2024-09-01", time: "时刻，如 17:30"}
NUMBERED = {"grades": ("年级", 12), "months": ("月份", 12), "weekdays": ("星期", 7)}


class Odd(ValueError):
    """A value that cannot be used. `key` is where it stands, `expected` what should."""

    def __init__(self, key: str, problem: str, expected: str = ""):
        super().__init__(problem)
        self.key, self.problem, self.expected = key, problem, expected


def values_of(row: dict[str, Any], kinds: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """Every key of `row`, typed. Refuses unknown keys, missing ones and wrong values."""
    for key in row:
        if key not in kinds:
            raise Odd(key, f"不认识“{key}”", f"可用的有 {'、'.join(kinds)}")
    for key in required:
        if row.get(key) in (None, ""):
            raise Odd(key, f"缺少“{key}”", f"请写上 {key}")
    typed = {key: value_of(row[key], kinds[key], key) for key in row}
    _check_bounds(typed)
    return typed


def value_of(raw: Any, wanted: Any, key: str) -> Any:
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        return value_of(raw, next(kind for kind in get_args(wanted) if kind is not NoneType), key)
    if origin is Literal:
        if raw not in get_args(wanted):
            raise Odd(key, f"“{raw}”不行", f"只能是 {'、'.join(get_args(wanted))}")
        return raw
    if origin is tuple:
        if not isinstance(raw, list):
            raise Odd(key, "不是列表", "要写成列表，如 [1, 2]")
        return tuple(value_of(one, get_args(wanted)[0], key) for one in raw)
    if isinstance(wanted, type) and is_dataclass(wanted) and wanted is not Money:
        return _record(raw, wanted, key)
    if wanted in _READ:
        return _READ[wanted](raw, key)
    if type(raw) is not wanted or (wanted is int and raw < 0):
        raise Odd(key, f"现在是 {raw!r}", f"要写{IN_CHINESE[wanted]}" + ("，不能小于 0" if wanted is int else ""))
    return raw


def kinds_of(record: type) -> tuple[dict[str, Any], list[str]]:
    """The keys of a dataclass with their types, and those that must be there."""
    hints = get_type_hints(record)
    own = fields(record)
    required = [one.name for one in own if one.default is MISSING and one.default_factory is MISSING]
    return {one.name: hints[one.name] for one in own}, required


def _record(raw: Any, wanted: type, key: str) -> Any:
    kinds, required = kinds_of(wanted)
    if not isinstance(raw, dict):
        raise Odd(key, "写法不对", f"要写成 {{ {', '.join(f'{name} = …' for name in kinds)} }}")
    try:
        return wanted(**values_of(raw, kinds, required))
    except Odd as odd:
        raise Odd(key, odd.problem, odd.expected) from odd


def _yuan(raw: Any, key: str) -> Money:
    if type(raw) not in (int, str):
        raise Odd(key, f"现在是 {raw!r}", '金额写整数 200 或带引号的 "200.50"')
    try:
        return Money.parse(str(raw))
    except ValueError as error:
        raise Odd(key, str(error), '金额写整数 200 或带引号的 "200.50"，不小于 0') from error


def _time(raw: Any, key: str) -> time:
    if not (isinstance(raw, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", raw)):
        raise Odd(key, f"现在是 {raw!r}", "要写时刻，如 17:30")
    return time.fromisoformat(raw)


def _share(raw: Any, key: str) -> Fraction:
    if not (isinstance(raw, str) and re.fullmatch(r"[1-9]\d?/[1-9]\d?", raw) and 0 < Fraction(raw) <= 1):
        raise Odd(key, f"现在是 {raw!r}", '要写几分之几，如 "1/2"')
    return Fraction(raw)


_READ: dict[Any, Callable[[Any, str], Any]] = {Money: _yuan, time: _time, Fraction: _share}


def _check_bounds(values: dict[str, Any]) -> None:
    for key, (said, most) in NUMBERED.items():
        if not all(1 <= one <= most for one in values.get(key, ())):
            raise Odd(key, f"{said}不对", f"{said}从 1 到 {most}")
    for key in ("percent", "floats", "percent_at_least", "percent_at_most"):
        # A role may earn more than the plain rate; whatever is taken off or spent is at most the whole.
        if (values.get(key) or 0) > (100 if "role" not in values else 1000):
            raise Odd(key, "比例不对", "比例从 0 到 100")
    for key in ("by", "on"):
        day = values.get(key)
        if isinstance(day, str) and day and not _is_month_and_day(day):
            raise Odd(key, f"现在是“{day}”", "要写月-日，如 09-30")


def _is_month_and_day(text: str) -> bool:
    try:
        date.fromisoformat(f"2000-{text}")
    except ValueError:
        return False
    return True
