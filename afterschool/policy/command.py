"""What `manage.py policy` does, without Django: check, show, diff and simulate, for people and for machines."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from afterschool.errors import NoRule
from afterschool.policy import loader, printing, trial
from afterschool.policy.book import Policy
from afterschool.policy.checking import check as check_policy
from afterschool.policy.comparing import diff as compare
from afterschool.policy.loader import PolicyFileError
from afterschool.policy.reading import NOTICES, document, heading
from afterschool.policy.trial import ScenarioError

GOOD, FINDING, BAD = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Told:
    """The exit code, what a machine reads and what a person reads."""

    code: int
    data: Any
    text: str


def check(file: str) -> Told:
    """Is the file fit to be adopted? Its notice lies beside it, or with the bundled ones."""
    policy = _policy(file)
    places = [Path(file).with_name(policy.text), NOTICES / policy.text]
    notice = next((place for place in places if place.is_file()), None)
    if notice is None:
        raise PolicyFileError(
            Path(file).name, 1, f"没有找到原文 {policy.text}", "请把原文放在同一个文件夹里，再检查引文"
        )
    report = check_policy(policy, notice=_text(notice))
    return Told(
        GOOD if report.passed else FINDING, {"passed": report.passed} | _plain(report), printing.checked(policy, report)
    )


def show(name: str) -> Told:
    policy = _policy(name)
    data = {"code": policy.code, "title": policy.title, "heading": dict(heading(policy))}
    return Told(GOOD, data | {"clauses": _plain(document(policy))}, printing.shown(policy))


def diff(old: str, new: str) -> Told:
    changes = compare(_policy(old), _policy(new))
    return Told(FINDING if changes else GOOD, _plain(changes), printing.compared(changes))


def simulate(name: str, scenario: str) -> Told:
    policy = _policy(name)
    result = trial.simulate(policy, trial.read(_text(Path(scenario))))
    wrong = result["unknown"] or any(found["level"] == "breach" for found in result["violations"])
    return Told(FINDING if wrong else GOOD, result, printing.simulated(result))


def unknown() -> Told:
    """No such policy comes with the system, and the bureaus' own cannot be asked for."""
    said = "这个代号不在自带的政策里，数据库又连不上"
    return Told(BAD, {"error": {"problem": said}}, said)


def refused(error: PolicyFileError | ScenarioError | NoRule | OSError) -> Told:
    """What was handed in cannot be used: where it is wrong, and what was expected."""
    if isinstance(error, PolicyFileError):
        where = {"file": error.file, "line": error.line, "problem": error.problem, "expected": error.expected}
    elif isinstance(error, ScenarioError):
        where = {"path": error.path, "problem": error.problem, "expected": error.expected}
    elif isinstance(error, OSError):
        where = {"file": error.filename, "problem": "打不开这个文件"}
    else:
        where = {"problem": str(error)}
    said = f"{error.filename}：打不开这个文件" if isinstance(error, OSError) else str(error)
    return Told(BAD, {"error": where}, said)


def _policy(name: str) -> Policy:
    """A file, or the code of a policy."""
    file = Path(name)
    return loader.read(file) if file.suffix == ".toml" or file.is_file() else loader.load(name)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(file.name, "不是 UTF-8 编码的文本", "请用记事本另存为 UTF-8") from error


def _plain(value: Any) -> Any:
    """Dataclasses as dictionaries, all the way down; sets in order."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return _plain(asdict(value)) if hasattr(value, "__dataclass_fields__") else value
