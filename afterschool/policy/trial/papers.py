"""The written form of a trial: what a scenario and a result may hold, as the schemas in docs/ say it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

DOCS = Path(__file__).parents[3] / "docs"
WANTED = {"string": "文字", "integer": "整数", "boolean": "true 或 false", "array": "列表 […]", "object": "{…}"}


class ScenarioError(ValueError):
    """A scenario that cannot be used: where in it, what is wrong there, and what was expected."""

    def __init__(self, path: str, problem: str, expected: str = ""):
        super().__init__(f"{path}：{problem}" + (f"，{expected}" if expected else ""))
        self.path, self.problem, self.expected = path, problem, expected


@cache
def schema(name: str) -> Draft202012Validator:
    """ "scenario" or "result"."""
    written = json.loads((DOCS / f"policy-{name}.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(written, format_checker=Draft202012Validator.FORMAT_CHECKER)


def checked(scenario: object) -> dict[str, Any]:
    """The scenario with days and hours as text, as JSON has them (TOML has its own). Refuses what the schema does."""
    plain = _plain(scenario)
    if not isinstance(plain, dict):
        raise ScenarioError("$", "不是一个情况", '要写成 {"on": "2026-10-12", …}')
    if wrong := best_match(schema("scenario").iter_errors(plain)):
        raise _refused(wrong)
    return plain


def read(text: str) -> dict[str, Any]:
    """A scenario from a file's text."""
    try:
        return checked(json.loads(text))
    except json.JSONDecodeError as odd:
        raise ScenarioError(
            f"第 {odd.lineno} 行第 {odd.colno} 列", "不是正确的 JSON", "请核对引号、逗号和括号"
        ) from odd
    except RecursionError as deep:
        raise ScenarioError("$", "括号套得太深", "请核对括号") from deep


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def _refused(wrong: ValidationError) -> ScenarioError:
    path, held, asked = wrong.json_path, wrong.instance, wrong.schema
    said = asked.get("description", "")
    match wrong.validator:
        case "additionalProperties":
            known = asked["properties"]
            odd = next(key for key in held if key not in known)
            return ScenarioError(f"{path}.{odd}", f"不认识“{odd}”", f"可用的有 {'、'.join(known)}")
        case "required" | "dependentRequired":
            missing = wrong.message.split("'")[1]
            return ScenarioError(path, f"缺少“{missing}”", asked["properties"][missing]["description"])
        case "enum":
            return ScenarioError(path, f"“{held}”不行", f"只能是 {'、'.join(wrong.validator_value)}")
        case "type":
            kinds = wrong.validator_value if isinstance(wrong.validator_value, list) else [wrong.validator_value]
            wanted = f"要写{'或'.join(WANTED[kind] for kind in kinds)}"
            return ScenarioError(path, f"现在是 {json.dumps(held, ensure_ascii=False)}", f"{wanted}（{said}）")
    return ScenarioError(path, f"现在是 {json.dumps(held, ensure_ascii=False)}", f"要写{said}")
