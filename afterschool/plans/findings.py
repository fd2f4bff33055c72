"""边填边查: what the policy says of a plan as it stands, saved or still being typed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from django.utils.timezone import localdate

from afterschool.errors import NoRule
from afterschool.money import ZERO, Money, total
from afterschool.policy import fees, filing, offerings, rules
from afterschool.policy.rule import Case
from afterschool.policy.terms import service_on
from afterschool.policy.verdict import Verdict, asked
from afterschool.policy.windows import BELLS, Bells
from afterschool.schools.rules import case_of

from .cases import case_of_offering, slot_of
from .drafts import Draft, Finding, label, silent, told
from .duties import duties
from .models import Offering
from .parts import PART_OF, PARTS
from .people import class_sizes, staff

# What the law library calls a field, and what a plan calls it.
FIELD = {"starts": "starts_at", "ends": "ends_at", "weekday": "weekdays", "stage": "grades"}
LABEL = {"starts_at": "开始时间", "ends_at": "结束时间", "weekdays": "星期", "fee": "收费", "grades": "年级"}
Slot = Offering.Slot


def check(draft: Draft) -> list[Finding]:
    """Every finding, passed ones too, in the order of the plan."""
    parts = [
        _filled_in(draft),
        _basic_first(draft),
        *(check_offering(draft, offering) for offering in draft.offerings),
        _together(draft),
        staff(draft),
        class_sizes(draft),
        _account(draft),
        _committee(draft),
        _met_again(draft),
        duties(draft),
    ]
    return list(dict.fromkeys(finding for part in parts for finding in _or_silence(part)))


def _or_silence(part: Iterator[Finding]) -> Iterator[Finding]:
    """Where the policy is silent on one part of the plan, the others are judged all the same."""
    try:
        yield from part
    except NoRule as silence:
        yield silent(silence)


def check_offering(draft: Draft, offering: Offering) -> Iterator[Finding]:
    """What the policy says of one service: its days, its hours, its fee."""
    bells = Bells(**{bell: getattr(draft.plan, bell) for bell in BELLS})
    for boards in _boardings(draft, offering):
        asked_about = offerings.Offering(
            case=replace(case_of(draft.plan.school), boarding=boards, slot=slot_of(offering)),
            grades=offering.grades,
            weekdays=offering.weekdays,
            starts=offering.starts_at,
            ends=offering.ends_at,
            fee=offering.fee,
            unit=offering.unit,
            club=offering.kind == Offering.Kind.CLUB,
            vacation=offering.slot == Slot.VACATION,
        )
        for day in _days(draft, offering):
            for verdict in offerings.check_offering(draft.policy, day, asked_about, bells=bells):
                if verdict.level != "unknown" or verdict.field != "fee" or offering.fee:
                    yield _of_offering(verdict, offering)


def _days(draft: Draft, offering: Offering) -> Iterator[date]:
    """The plan's first day and each month after it, since hours may change with the season; a vacation follows the term."""
    last = min(draft.plan.term.ended_on, draft.policy.until or draft.plan.term.ended_on)
    if offering.slot == Slot.VACATION:
        yield max(draft.on, last)
        return
    day = draft.on
    while day <= last or day == draft.on:
        yield day
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _of_offering(verdict: Verdict[bool], offering: Offering) -> Finding:
    if verdict.field in BELLS:
        return told(verdict, "time", verdict.field, "作息时间")
    field = FIELD.get(verdict.field, verdict.field)
    title = f"{offering.name} · {LABEL.get(field, '时段')}"
    return replace(told(verdict, "time", field, title), offering_id=offering.pk)


def _filled_in(draft: Draft) -> Iterator[Finding]:
    """The filing form has no empty boxes; only the committee's record depends on there being a fee."""
    cite = filing.rule(draft.policy, draft.on).cite
    for part in PARTS:
        for field in part.required:
            if getattr(draft.plan, field) in ("", None):
                yield Finding("missing", f"请填写{label(field)}", cite, part.key, field, part.title)


def _basic_first(draft: Draft) -> Iterator[Finding]:
    rule = draft.policy.on(draft.on).maybe(rules.BasicFirst)
    if not draft.basics:
        cite = rule.cite if rule else filing.rule(draft.policy, draft.on).cite
        yield Finding("missing", "请至少填一项普通延时托管", cite, "time", "offerings", "时间与收费")
    elif rule:
        yield Finding("ok", "普通延时托管在前，特色活动在后", rule.cite)


def _together(draft: Draft) -> Iterator[Finding]:
    """A child may take one basic service of each slot and every club: together they stay within one line of prices."""
    grades = sorted({grade for offering in draft.offerings for grade in offering.grades})
    for boards in (False, True):
        for service in ("weekday", "saturday", "vacation"):
            for grade in grades:
                open_to = [o for o in draft.offerings if _adds_up(o) and _reaches(draft, o, grade, boards, service)]
                for case, paid in _by_price(draft, open_to, grade, boards, service):
                    yield from _within_price_together(draft, case, paid)


def _adds_up(offering: Offering) -> bool:
    """What is asked for by the month or the term is one sum; a rate for each lesson or day stands for itself."""
    return bool(offering.fee) and offering.unit in fees.OF_A_PERIOD


def _by_price(
    draft: Draft, paid: list[Offering], grade: int, boards: bool, service: str
) -> Iterator[tuple[Case, list[Offering]]]:
    """Those for which one line of the price table holds, with the case of the first."""
    alike: dict[rules.Price | rules.NoFee | None, list[tuple[Case, Offering]]] = {}
    now = draft.policy.on(draft.on)
    for offering in paid:
        asked_about = case_of_offering(draft.policy, draft.on, offering, grade=grade, boards=boards)
        case = replace(asked_about, service=service)
        line = now.maybe(rules.NoFee, case) or now.maybe(rules.Price, case)
        alike.setdefault(line, []).append((case, offering))
    for pairs in alike.values():
        yield pairs[0][0], [offering for _, offering in pairs]


def _within_price_together(draft: Draft, case: Case, paid: list[Offering]) -> Iterator[Finding]:
    together = _dearest(paid)
    if len(paid) < 2 or together == max(offering.fee for offering in paid):
        return
    for verdict in asked("fee", lambda: [fees.within_price(draft.policy, draft.on, case, together, unit=paid[0].unit)]):
        if verdict.level != "ok":
            names = "、".join(offering.name for offering in paid)
            yield told(verdict, "time", "offerings", f"{names} 合计")


def _dearest(paid: list[Offering]) -> Money:
    dearest: dict[str, Money] = {}
    for offering in paid:
        key = offering.slot if offering.kind == Offering.Kind.BASIC else f"club {offering.name}"
        dearest[key] = max(dearest.get(key, ZERO), offering.fee)
    return total(dearest.values())


def _reaches(draft: Draft, offering: Offering, grade: int, boards: bool, service: str) -> bool:
    boardings = _boardings(draft, offering)
    return grade in offering.grades and boards in boardings and service in _services(offering)


def _services(offering: Offering) -> set[str]:
    if offering.slot == Slot.VACATION:
        return {"vacation"}
    return {service_on(day) for day in offering.weekdays}


def _boardings(draft: Draft, offering: Offering) -> tuple[bool, ...]:
    if offering.boarding == Offering.Boarding.ANY:
        return (False, True) if draft.plan.school.boards else (False,)
    return (offering.boarding == Offering.Boarding.BOARD,)


def _committee(draft: Draft) -> Iterator[Finding]:
    plan, needed = draft.plan, fees.needs_committee(draft.policy, draft.on)
    if not (draft.charges and needed.answer):
        return
    fields = ("committee_met_on", "committee_present", "committee_agreed")
    empty = [field for field in fields if getattr(plan, field) is None]
    for field in empty:
        say = f"{needed.because}，请填写{label(field)}"
        yield Finding("missing", say, needed.cite, PART_OF[field], field, "家委会意见")
    if empty:
        return
    present, agreed = plan.committee_present or 0, plan.committee_agreed or 0
    if agreed > present:
        say = f"到会 {present} 人，同意人数不会是 {agreed} 人"
        yield Finding("breach", say, needed.cite, "committee", "committee_agreed", "家委会意见")
    elif agreed * 2 <= present:
        yield Finding("warn", "同意的没有过半，请再协商", needed.cite, "committee", "committee_agreed", "家委会意见")
    else:
        yield Finding("ok", needed.because, needed.cite, "committee")
    if not draft.has_minutes:
        say = "还没有上传有签字的会议记录"
        yield Finding("warn", say, needed.cite, "committee", "minutes", "家委会意见")


def _met_again(draft: Draft) -> Iterator[Finding]:
    """A fee that was not agreed yet, or a higher one, is not filed on the meeting of the earlier version."""
    met_on, needed = draft.plan.committee_met_on, fees.needs_committee(draft.policy, draft.on)
    if not (draft.before and met_on and needed.answer):
        return
    filed_on = localdate(draft.before[0].plan.filed_at)
    agreed = {(offering.name, offering.unit): offering.fee_fen for offering in draft.before}
    dearer = [one.name for one in draft.offerings if one.fee_fen > agreed.get((one.name, one.unit), 0)]
    if dearer and met_on <= filed_on:
        say = (
            f"{'、'.join(dearer)}的收费是新定的或者提高了，家委会会议（{met_on:%-m月%-d日}）却在上一版报送"
            f"（{filed_on:%-m月%-d日}）之前，请重新开会商定"
        )
        yield Finding("breach", say, needed.cite, "committee", "committee_met_on", "家委会意见")


def _account(draft: Draft) -> Iterator[Finding]:
    account = fees.account(draft.policy, draft.on)
    if draft.charges:
        yield Finding("ok", account.because, account.cite, "budget")
