"""Read policy files, strictly: whatever a clerk mistypes is named with file, line and key."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from afterschool.errors import NoRule
from afterschool.policy.book import Example, Policy
from afterschool.policy.rule import SCOPE, Rule
from afterschool.policy.rules import KINDS
from afterschool.policy.terms import Level
from afterschool.policy.typed import Odd, kinds_of, values_of
from afterschool.policy.verdict import Cite

DATA = Path(__file__).parent / "data"
HEADER = {
    "code": str, "title": str, "short": str, "level": Level, "area": str, "issuer": str, "from": date, "text": str,
}  # fmt: skip
HEADER_OPTIONAL = {
    "number": str, "until": date, "trial": bool, "cites": tuple[str, ...], "supersedes": tuple[str, ...],
    "parent": str, "above": tuple[str, ...],
}  # fmt: skip
LEFT_OUT = {"number": "", "until": None, "trial": False, "cites": (), "supersedes": (), "above": ()}


class PolicyFileError(ValueError):
    """A policy file that cannot be used: in which line of which file, what is wrong, and what was expected."""

    def __init__(self, file: str, line: int, problem: str, expected: str = "", *, where: str = ""):
        place = f"{file} 第 {line} 行{f' {where}' if where else ''}"
        super().__init__(f"{place}：{problem}" + (f"，{expected}" if expected else ""))
        self.file, self.line, self.problem, self.expected = file, line, problem, expected


class Shelf(Protocol):
    """Where policy texts are kept beside the bundled ones. A text on the shelf never changes."""

    def text(self, code: str) -> str | None: ...
    def codes(self) -> list[str]: ...


_shelves: list[Shelf] = []


def shelve(shelf: Shelf) -> None:
    """Look here too from now on."""
    _shelves.append(shelf)


@cache
def load(code: str) -> Policy:
    bundled = DATA / f"{code}.toml"
    if re.fullmatch(r"[a-z0-9-]+", code) and bundled.is_file():
        return read(bundled)
    for shelf in _shelves:
        if text := shelf.text(code):
            return parse(text, f"{code}.toml")
    raise NoRule("code", f"“{code}”这份政策，已有的是 {'、'.join(codes())}", "政策库")


def codes() -> list[str]:
    kept = [code for shelf in _shelves for code in shelf.codes()]
    return sorted({*kept, *bundled()})


def bundled() -> list[str]:
    """Those that come with the system, on no shelf."""
    return sorted(file.stem for file in DATA.glob("*.toml"))


def read(file: Path) -> Policy:
    try:
        return parse(file.read_text(encoding="utf-8"), file.name)
    except UnicodeDecodeError as error:
        raise PolicyFileError(file.name, 1, "不是 UTF-8 编码的文本", "请用记事本另存为 UTF-8") from error


def parse(text: str, name: str) -> Policy:
    """`name` is the file's, for messages."""
    return _Page(text, name).policy()


class _Page:
    """One file's text, and the way back from a value to its line."""

    def __init__(self, text: str, name: str):
        # 记事本 may put a mark before the first letter.
        text = text.removeprefix("\ufeff")
        self.name, self.lines = name, text.splitlines()
        try:
            self.table: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"line (\d+)", str(error))
            line = int(at[1]) if at else len(self.lines)
            raise PolicyFileError(name, line, "不是正确的 TOML", _hint(self.lines, line)) from error
        except RecursionError as deep:
            raise PolicyFileError(name, 1, "括号套得太深", "请核对括号") from deep

    def policy(self) -> Policy:
        head = self._header()
        since, parent = head.pop("from"), head.pop("parent", None)
        above_code = head["code"]
        try:
            inherited = load(parent) if parent and parent != above_code else None
        except NoRule as unknown:
            raise self._refused(0, "parent", Odd("parent", f"没有“{parent}”这份政策", "先上传上位文件")) from unknown
        if parent == above_code:
            raise self._refused(0, "parent", Odd("parent", "自己不能是自己的上位文件", "写上一级文件的代号"))
        rules = self._rules(Cite(head["short"], "", "", above_code), since)
        examples = tuple(self._examples())
        return Policy(**{**LEFT_OUT, **head}, since=since, parent=inherited, rules=rules, examples=examples)

    def _header(self) -> dict[str, Any]:
        header = {key: value for key, value in self.table.items() if not _is_rows(value)}
        for key, value in header.items():
            if isinstance(value, dict) and key in {*KINDS, "case"}:
                raise self._refused(self._line_of(f"[{key}]"), key, Odd(key, "只写了一层方括号", f"要写成 [[{key}]]"))
        try:
            head = values_of(header, HEADER | HEADER_OPTIONAL, list(HEADER))
        except Odd as odd:
            raise self._refused(0, odd.key, odd) from odd
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", head["code"]):
            raise self._refused(0, "code", Odd("code", f"“{head['code']}”不行", "只用小写字母、数字、短横线"))
        if not re.fullmatch(r"[^/\\]*[^/\\.][^/\\]*", head["text"]):
            raise self._refused(0, "text", Odd("text", f"“{head['text']}”不行", "只写文件名，如 haiping-2026.txt"))
        if head.get("until") and head["until"] < head["from"]:
            raise self._refused(0, "until", Odd("until", "截止日期早于施行日期", "请核对 from 和 until"))
        return head

    def _rules(self, document: Cite, since: date) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        for kind, rows in self.table.items():
            for number, row in enumerate(rows if _is_rows(rows) and kind != "case" else ()):
                line = self._heading(kind, number)
                try:
                    rules.append(_rule(kind, row, document, since, line))
                except Odd as odd:
                    raise self._refused(line, odd.key, odd, kind) from odd
        self._refuse_overlaps(rules)
        return tuple(rules)

    def _refuse_overlaps(self, rules: list[Rule]) -> None:
        """A later rule about the same thing replaces an earlier; but both cannot begin on one day, nor may the earlier
        say that it holds on into the later's time."""
        before: dict[tuple[object, ...], Rule] = {}
        for rule in sorted(rules, key=lambda rule: (rule.since, rule.line)):
            other = before.get(rule.about)
            if other and (other.since == rule.since or (other.until and other.until >= rule.since)):
                problem = f"和第 {other.line} 行说的是同一件事，日期重叠"
                odd = Odd("from", problem, "只留一条，或者用 from 和 until 分开日期")
                raise self._refused(rule.line, "from", odd, rule.kind)
            before[rule.about] = rule

    def _examples(self) -> list[Example]:
        keys = {"name": str, "clause": tuple[str, ...], "given": dict, "expect": dict}
        found = []
        for number, row in enumerate(self.table.get("case", ())):
            line = self._heading("case", number)
            plain = {**row, "clause": [row["clause"]] if isinstance(row.get("clause"), str) else row.get("clause")}
            try:
                got = values_of(plain, keys, list(keys))
            except Odd as odd:
                raise self._refused(line, odd.key, odd, "case") from odd
            found.append(Example(got["name"], line, got["clause"], got["given"], got["expect"]))
        return found

    def _line_of(self, heading: str) -> int:
        return next((at for at, line in enumerate(self.lines, 1) if line.strip().startswith(heading)), 0)

    def _heading(self, kind: str, number: int) -> int:
        said = re.compile(rf"^[ \t]*\[\[\s*{re.escape(kind)}\s*\]\]")
        headings = [at for at, line in enumerate(self.lines, 1) if said.match(line)]
        return headings[number] if number < len(headings) else 1

    def _refused(self, heading: int, key: str, odd: Odd, kind: str = "") -> PolicyFileError:
        """With the line of the key, or of its rule where the key is not there."""
        line = heading or 1
        for at in range(heading, len(self.lines)):
            if self.lines[at].lstrip().startswith("[["):
                break
            if re.match(rf"\s*{re.escape(key)}\s*=", self.lines[at]):
                line = at + 1
                break
        where = f"[[{kind}]] {key}" if kind else f"文件开头 {key}"
        return PolicyFileError(self.name, line, odd.problem, odd.expected, where=where)


def _rule(kind: str, row: dict[str, Any], document: Cite, since: date, line: int) -> Rule:
    if kind not in KINDS:
        raise Odd(kind, "没有这种规则", f"可用的有 {'、'.join(KINDS)}")
    keys, required = kinds_of(KINDS[kind])
    for ours in ("cite", "since", "line"):
        keys.pop(ours)
    required = [key for key in required if key in keys]
    if parts := [] if KINDS[kind].scoped else [part for part in (*SCOPE, "boarding") if part in row]:
        raise Odd(parts[0], "这种规定对全部学校和学生都一样", "不能写对谁、对什么适用")
    values = values_of(row, keys | {"clause": str, "quote": str, "from": date}, ["clause", "quote", *required])
    for key, value in row.items():
        if value == [] and key != "grounds":
            raise Odd(key, "是空的", "不分的，这一项不写")
    starts, clause, quote = values.pop("from", since), values.pop("clause"), values.pop("quote")
    if starts < since or (values.get("until") and values["until"] < starts):
        raise Odd("from", "起止日期不对", f"不能早于政策施行日 {since}，也不能晚于 until")
    rule = KINDS[kind](cite=Cite(document.policy, clause, quote, document.code), since=starts, line=line, **values)
    if wrong := rule.fault():
        raise Odd("", wrong)
    return rule


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _hint(lines: list[str], line: int) -> str:
    written = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    if re.search("[“”‘’＝，［］０-９]", re.sub('"[^"]*"', "", written)):
        return f"引号、等号、逗号、数字要用英文（半角）的：{written[:60]}"
    if re.search(r"=\s*\d{4}-", written):
        return f"日期要真有这一天，写成 2026-09-01 这样：{written[:60]}"
    return f"请看这一行：{written[:60]}" if written else "请看上一行的引号、括号有没有写完"
