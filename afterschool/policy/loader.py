"""Read policy files, strictly: whatever a clerk mistypes is named with file, line and key."""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, fields
from datetime import date, time
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from afterschool.errors import NoRule
from afterschool.money import Money
from afterschool.policy.book import Policy
from afterschool.policy.rule import Rule
from afterschool.policy.rules import KINDS
from afterschool.policy.verdict import Cite

DATA = Path(__file__).parent / "data"
HEADER = {"code": str, "title": str, "short": str, "area": str, "issuer": str, "from": date, "text": str}
HEADER_OPTIONAL = {"until": date, "cites": tuple[str, ...], "supersedes": tuple[str, ...]}
RANGES = {"grades": ("年级", 12), "months": ("月份", 12), "weekdays": ("星期", 7)}
# Two rules that agree in all of these and begin on one day would speak of the same thing twice.
IDENTITY = (
    *("stages", "grades", "boarding", "services", "slots", "months", "weekdays"),
    *("group", "key", "funds", "cause", "day_kind", "staff", "role", "what"),
)
IN_CHINESE = {str: "文字", int: "整数", bool: "true 或 false", date: "日期，如 2024-09-01", time: "时刻，如 17:30"}


class PolicyFileError(ValueError):
    """A policy file that cannot be used, and where."""


@cache
def load(code: str) -> Policy:
    if code not in codes():
        raise NoRule("code", f"“{code}”这份政策，已有的是 {'、'.join(codes())}", "政策库")
    return read(DATA / f"{code}.toml")


def codes() -> list[str]:
    return sorted(file.stem for file in DATA.glob("*.toml"))


def read(file: Path) -> Policy:
    text = file.read_text(encoding="utf-8")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyFileError(f"{file.name}：不是正确的 TOML，{error}") from error
    header = {key: value for key, value in table.items() if not _is_rules(value)}
    known = HEADER | HEADER_OPTIONAL
    _refuse_unknown(header, known, f"{file.name}：文件开头")
    _refuse_missing(header, HEADER, f"{file.name}：文件开头")
    head = {key: _value(header[key], known[key], f"{file.name}：{key}") for key in header}
    since, short = head.pop("from"), head["short"]
    rules: dict[tuple[object, ...], tuple[Rule, int]] = {}
    for kind, rows in table.items():
        for number, row in enumerate(rows if _is_rules(rows) else ()):
            line = _line(text, kind, number)
            where = f"{file.name} 第 {line} 行 [[{kind}]]"
            rule = _rule(kind, row, short, since, where)
            identity = (kind, rule.since, *(getattr(rule, name, None) for name in IDENTITY))
            if identity in rules:
                raise PolicyFileError(f"{where}：和第 {rules[identity][1]} 行是同一件事、同一天起，只能留一条")
            rules[identity] = (rule, line)
    optional = {"until": None, "cites": (), "supersedes": ()}
    return Policy(**{**optional, **head}, since=since, rules=tuple(rule for rule, _ in rules.values()))


def _is_rules(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _line(text: str, kind: str, number: int) -> int:
    headings = list(re.finditer(rf"^[ \t]*\[\[\s*{re.escape(kind)}\s*\]\]", text, re.MULTILINE))
    return text.count("\n", 0, headings[number].start()) + 1 if number < len(headings) else 1


def _rule(kind: str, row: dict[str, Any], short: str, since: date, where: str) -> Rule:
    if kind not in KINDS:
        raise PolicyFileError(f"{where}：没有这种规则，可用的有 {'、'.join(KINDS)}")
    rule = KINDS[kind]
    own = {field.name: field for field in fields(rule) if field.name not in ("cite", "since")}
    hints = get_type_hints(rule)
    required = [name for name, field in own.items() if field.default is MISSING]
    _refuse_unknown(row, [*own, "clause", "quote", "from"], where)
    _refuse_missing(row, ["clause", "quote", *required], where)
    clause, quote = (_value(row[key], str, f"{where} {key}") for key in ("clause", "quote"))
    values = {name: _value(row[name], hints[name], f"{where} {name}") for name in own if name in row}
    _check_bounds(values, where)
    starts = _value(row.get("from", since), date, f"{where} from")
    if starts < since or (values.get("until") and values["until"] < starts):
        raise PolicyFileError(f"{where} from：起止日期不对，不能早于政策施行日 {since}，也不能晚于 until")
    return rule(cite=Cite(short, clause, quote), since=starts, **values)


def _refuse_unknown(row: dict[str, Any], known: Any, where: str) -> None:
    for key in row:
        if key not in known:
            raise PolicyFileError(f"{where}：不认识“{key}”，可用的有 {'、'.join(known)}")


def _refuse_missing(row: dict[str, Any], required: Any, where: str) -> None:
    for key in required:
        if row.get(key) in (None, ""):
            raise PolicyFileError(f"{where}：缺少“{key}”")


def _check_bounds(values: dict[str, Any], where: str) -> None:
    for name, (said, most) in RANGES.items():
        if not all(1 <= one <= most for one in values.get(name, ())):
            raise PolicyFileError(f"{where} {name}：{said}从 1 到 {most}")
    if not 0 <= (values.get("percent") or 0) <= 100:
        raise PolicyFileError(f"{where} percent：比例从 0 到 100")
    if day := values.get("by"):
        try:
            date.fromisoformat(f"2001-{day}")
        except ValueError as error:
            raise PolicyFileError(f"{where} by：要写月-日，如 09-30") from error


def _value(raw: Any, wanted: Any, where: str) -> Any:
    """Turn one TOML value into what the rule holds, or say what was expected."""
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        return _value(raw, next(kind for kind in get_args(wanted) if kind is not NoneType), where)
    if origin is Literal:
        if raw not in get_args(wanted):
            raise PolicyFileError(f"{where}：“{raw}”不行，只能是 {'、'.join(get_args(wanted))}")
        return raw
    if origin is tuple:
        if not isinstance(raw, list):
            raise PolicyFileError(f"{where}：要写成列表，如 [1, 2]")
        return tuple(_value(one, get_args(wanted)[0], where) for one in raw)
    if wanted is Money:
        return _yuan(raw, where)
    if wanted is time and isinstance(raw, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", raw):
        return time.fromisoformat(raw)
    if type(raw) is not wanted or (wanted is int and raw < 0):
        raise PolicyFileError(f"{where}：要写{IN_CHINESE[wanted]}，现在是 {raw!r}")
    return raw


def _yuan(raw: Any, where: str) -> Money:
    if type(raw) not in (int, str):
        raise PolicyFileError(f'{where}：金额写整数 200 或带引号的 "200.50"，现在是 {raw!r}')
    try:
        return Money.parse(str(raw))
    except ValueError as error:
        raise PolicyFileError(f"{where}：{error}") from error
