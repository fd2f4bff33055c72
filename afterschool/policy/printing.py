"""What check, show, diff and simulate say on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from afterschool.policy.book import Policy
from afterschool.policy.checking import Report
from afterschool.policy.comparing import Change
from afterschool.policy.reading import document, heading
from afterschool.policy.terms import CAUSES
from afterschool.policy.verdict import Cite

LEVELS = {"breach": "不行", "warn": "提醒", "ok": "可以"}
DIRECTIONS = {"tighter": "收紧", "looser": "放宽", "other": "改变"}


def checked(policy: Policy, report: Report) -> str:
    return "\n".join(_checked(policy, report))


def shown(policy: Policy) -> str:
    lines = [policy.title, *(f"{what}：{words}" for what, words in heading(policy))]
    for clause in document(policy):
        lines += ["", clause.number]
        for sentence in clause.sentences:
            lines += [f"  “{sentence.quote}”", *(f"    · {saying}" for saying in sentence.sayings)]
    return "\n".join(lines)


def compared(changes: Sequence[Change]) -> str:
    if not changes:
        return "没有不同。"
    lines = []
    for change in changes:
        lines.append(f"{DIRECTIONS[change.direction]}　{change.title}")
        lines += [
            f"  {label}：{said}{_label(cite)}"
            for label, said, cite in (
                ("原来", change.before, change.before_cite),
                ("改为", change.after, change.after_cite),
            )
            if said
        ]
    return "\n".join(lines)


def simulated(result: Mapping[str, Any]) -> str:
    policy = result["policy"]
    parts = ["\n".join(_part(name, result)) for name in PARTS if result[name]]
    body = "\n\n".join(parts) or "情况里没有要算的。"
    return f"按《{policy['title']}》{result['on']} 的规定\n\n{body}"


def _checked(policy: Policy, report: Report) -> Iterator[str]:
    yield f"{policy.title}（{policy.code}）：{len(policy.rules)} 条规定，{len(report.cases)} 个算例"
    for finding in report.findings:
        yield f"第 {finding.line} 行　{LEVELS[finding.level]}　{finding.message}"
        yield from (f"    {cite.label}：“{cite.quote}”" for cite in finding.cites)
    for case in report.cases:
        if not case.passed:
            yield f"第 {case.line} 行　算例不符　{case.name}：{case.message}"
            yield from (f"    {step}" for step in case.steps)
    if report.uncovered:
        yield f"没有算例的条款：{'、'.join(report.uncovered)}"
    yield "通过" if report.passed else "没有通过"


def _part(name: str, result: Mapping[str, Any]) -> Iterator[str]:
    title, line = PARTS[name]
    yield title
    for row in result[name]:
        yield from (f"  {text}" for text in line(row))


def _finding(row: Mapping[str, Any]) -> Iterable[str]:
    yield f"{LEVELS[row['level']]}　{row['message']}{_named([row['clause']])}（{row['about']}）"


def _silence(row: Mapping[str, Any]) -> Iterable[str]:
    yield f"{row['question']}（缺 {row['switch']}，{row['about']}）"


def _charge(row: Mapping[str, Any]) -> Iterable[str]:
    yield f"学生 {row['student']}　{row['item']}　{row['first']} 至 {row['last']}：应交 {row['net']} 元{_names(row)}"
    yield from _steps(row["steps"])


def _refund(row: Mapping[str, Any]) -> Iterable[str]:
    yield f"学生 {row['student']}　{row['item']}　{CAUSES[row['cause']]}：退 {row['amount']} 元{_names(row)}"
    yield from _steps(row["steps"])


def _waiver(row: Mapping[str, Any]) -> Iterable[str]:
    yield f"学生 {row['student']}：减免 {row['percent']}%，{row['amount']} 元。{row['message']}{_names(row)}"


def _subsidy(row: Mapping[str, Any]) -> Iterable[str]:
    yield f"{row['payer']}：{row['amount']} 元{_names(row)}"
    yield from _steps(row["steps"])


def _stipend(row: Mapping[str, Any]) -> Iterable[str]:
    yield f"{row['person']}：{row['amount']} 元{_names(row)}"
    yield from (f"    {day}" for day in row["days"])
    yield from _steps(row["steps"])


def _said(row: Mapping[str, Any]) -> Iterable[str]:
    yield row["message"] + _names(row)


def _settled(row: Mapping[str, Any]) -> Iterable[str]:
    yield f"{row['group']}：结余 {row['surplus']} 元，学校承担 {row['borne']} 元{_names(row)}"
    yield from _steps(row["steps"])
    for share in row["shares"]:
        due = f"，补交 {share['due']} 元" if share["due"] != "0.00" else ""
        yield f"    学生 {share['student']}：退 {share['refund']} 元{due}"


def _answer(row: Mapping[str, Any]) -> Iterable[str]:
    yield row["message"] + _named([row["clause"]])


PARTS: dict[str, Any] = {
    "violations": ("不符合规定", _finding),
    "unknown": ("文件没有写明", _silence),
    "passed": ("符合规定", _finding),
    "charges": ("收费", _charge),
    "waivers": ("减免", _waiver),
    "refunds": ("退费", _refund),
    "settlement": ("结算", _settled),
    "subsidies": ("财政补贴", _subsidy),
    "stipends": ("补助", _stipend),
    "pools": ("经费比例", _said),
    "staffing": ("人手", _said),
    "answers": ("规定", _answer),
}


def _steps(steps: Sequence[Mapping[str, str]]) -> Iterator[str]:
    for step in steps:
        amount = f"{step['amount']} 元" if "amount" in step else ""
        said = f"：{step['sum']} = {amount}" if step.get("sum") else f" {amount}" if amount else ""
        yield f"    {step['words']}{said}"


def _names(row: Mapping[str, Any]) -> str:
    return _named(row["clauses"])


def _named(names: Iterable[str]) -> str:
    said = "、".join(name for name in names if name)
    return f" · {said}" if said else ""


def _label(cite: Cite | None) -> str:
    return f" · {cite.label}" if cite else ""
