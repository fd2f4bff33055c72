"""补记离校: how a child left on a day that is over, written down by a leader on somebody's word.

It goes through the gate's intake like every tap, so that what the gate denies is denied here too; and it says everywhere
that it came later.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record_each
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify
from afterschool.schools.models import School, Student
from afterschool.schools.people import actor_for
from attendance.models import DayClose, GateEvent, Handover, LaterRecord
from attendance.selectors.later import asked_with, recorded_with
from attendance.selectors.roll import is_locked
from attendance.selectors.unrecorded import Unrecorded, lacking, unrecorded
from attendance.told import LATER, Kind, Outcome, Taken, Told

from .corrections import ask_another
from .day import lock, lock_open_day
from .gate import page_of, take_events, tick
from .left import settle_alarms

State = LaterRecord.State
SETTLED = "那天已经有交接记录，或者考勤改了"


@transaction.atomic
def record_later(
    school: School,
    said: Mapping[int, tuple[str, datetime]],
    *,
    day: date,
    source: str,
    reason: str,
    now: datetime,
    by: Actor,
) -> list[LaterRecord]:
    """`said`: of each child by which of its ways it left, and when. Whom somebody else has written down meanwhile is left
    as it is; of the others all are taken or none. Once the month is locked they are asked for, and another decides."""
    lock(school.pk)
    source, reason = source.strip(), reason.strip()
    _must_tell(source, reason)
    waiting = unrecorded(school, day, now, students=Student.objects.filter(school=school, pk__in=said))
    whose = {"school": school, "day": day, "source": source, "reason": reason, "at": now, "by_id": by.signer}
    records = [LaterRecord(**whose, **_left(one, *said[one.student.pk], now)) for one in waiting if not one.asked]
    if not records:
        return []
    if is_locked(school.pk, day):
        return _ask(records, by)
    _take(records, now, by)
    LaterRecord.objects.bulk_create(records)
    record_each(by, "recorded_later", ((one, _facts(one)) for one in records))
    return records


@transaction.atomic
def decide_later(later: LaterRecord, *, agreed: bool, refusal: str = "", now: datetime, by: Actor) -> list[LaterRecord]:
    """Another than who asked says yes, and the children asked for together have left as was said; or no, and why. Whom
    the gate has registered by now, and who counts as absent by now, stays as it is."""
    lock(later.school_id)
    asked = asked_with(later)
    if not asked:
        return []
    if later.by_id == by.signer:
        raise RuleBroken("自己申请的补记，要由另一位带班领导或校长决定")
    still = lacking(later.school, later.day, now, students=[one.student for one in asked]) if agreed else set()
    taken = [one for one in asked if one.student_id in still]
    if agreed and not taken:
        raise RuleBroken(f"{_whom(asked)} {SETTLED}，不用再补；请按“不同意”并写明")
    if not agreed and not refusal.strip():
        raise RuleBroken("不同意的，请写一句为什么", field="refusal")
    if taken:
        _take(taken, now, actor_for(later.by))
    for one in asked:
        one.decided_at, one.decided_by_id = now, by.signer
        if one not in taken:
            one.state, one.refusal = State.REFUSED, SETTLED if agreed else refusal.strip()
    LaterRecord.objects.bulk_update(asked, ["state", "event", "refusal", "decided_at", "decided_by"])
    _tell_decided(asked, agreed, by)
    return asked


@transaction.atomic
def undo_later(handover: Handover, *, together: bool = False, now: datetime, by: Actor) -> list[Taken]:
    """撤销 of one child or of all that were written down with it, as long as neither the day is signed nor the month locked:
    it was written down wrongly, and waits again. It stays on record."""
    lock_open_day(handover.school_id, handover.day)
    handover = Handover.objects.select_related("school", "event").get(pk=handover.pk)
    if not handover.is_later:
        raise RuleBroken("这次离校不是补记的，不能在这里撤销")
    if is_locked(handover.school_id, handover.day):
        raise RuleBroken(f"{handover.day.month}月已经锁定，补记不能撤销；记错了的请记一件异常")
    wrong = recorded_with(handover) if together else [handover.event]
    undos = [Told(uuid4(), Kind.UNDO, one.student_id, now, tick(now), about=one.uid) for one in wrong]
    return take_events(handover.school, undos, device=page_of(by), day=handover.day, now=now, by=by)


def _must_tell(source: str, reason: str) -> None:
    if not source:
        raise RuleBroken("请写据谁的话", field="source")
    if not reason:
        raise RuleBroken("请写当时为什么没有登记", field="reason")


def _left(one: Unrecorded, key: str, at: datetime, now: datetime) -> dict[str, Any]:
    """How the child left, as the gate names it and in words; refuses what cannot have been."""
    name, way, clock = one.student.name, f"way-{one.student.pk}", f"time-{one.student.pk}"
    if key not in one.ways:
        raise RuleBroken(f"{name} 那天不能这样离校，请重新选", field=way)
    if at < one.since or timezone.localdate(at) != timezone.localdate(one.since):
        what = "起由老师看护" if one.stay else "开始服务"
        since = f"{timezone.localtime(one.since):%H:%M} {what}"
        raise RuleBroken(f"{name} 那天 {since}，离校要在这以后、当天以内", field=clock)
    if at > now:
        raise RuleBroken(f"{name}：还没有到这个时间", field=clock)
    alone = key in Handover.Mode.values
    mode, adult = (key, "") if alone else (Handover.Mode.COLLECTED, key)
    return {"student": one.student, "mode": mode, "adult": adult, "way": one.ways[key], "left_at": at}


def _take(records: Sequence[LaterRecord], now: datetime, by: Actor) -> None:
    """Tell them to the gate's intake; of a signed day the leader confirms them in the same breath. What the gate would
    hold for the leader, as in a dispute, waits on the board."""
    school, day = records[0].school, records[0].day
    told = {
        one.student_id: Told(uuid4(), Kind.RELEASE, one.student_id, one.left_at, tick(now), mode=one.mode, adult=one.adult)
        for one in records
    }  # fmt: skip
    confirms = []
    if DayClose.objects.filter(school=school, day=day).exists():
        confirms = [Told(uuid4(), Kind.CONFIRM, pk, now, tick(now) + 1, about=one.uid) for pk, one in told.items()]
    # Each page is a device of its own: to undo what one said does not undo what the next one says.
    device = f"{LATER}{uuid4().hex}"
    taken = take_events(school, [*told.values(), *confirms], device=device, day=day, now=now, by=by)
    for one, answer in zip(records, taken, strict=False):
        if answer.outcome not in (Outcome.ACCEPTED, Outcome.HELD):
            # Nothing of it is kept: nobody stands at the gate.
            raise RuleBroken(
                f"{one.student.name} {one.way}：校门口的规则不放行（{answer.because}），不能补记。"
                "请联系办公室；真是这样离校的，请记一件异常",
                field=f"way-{one.student_id}",
            )
    events = dict(GateEvent.objects.filter(uid__in=[one.uid for one in told.values()]).values_list("student", "pk"))
    for one in records:
        one.state, one.event_id = State.MADE, events[one.student_id]
    settle_alarms(school, day=day, now=now, by=by)


def _ask(records: list[LaterRecord], by: Actor) -> list[LaterRecord]:
    for one in records:
        one.state = State.ASKED
    LaterRecord.objects.bulk_create(records)
    record_each(by, "asked_later", ((one, _facts(one)) for one in records))
    first = records[0]
    title = f"{by.name}申请补记 {len(records)} 个孩子 {first.day:%-m月%-d日}的离校，请决定"
    ask_another(first.school_id, title, first.reason, timezone.localdate(first.at), by)
    return records


def _tell_decided(asked: Sequence[LaterRecord], agreed: bool, by: Actor) -> None:
    record_each(by, "agreed_later" if agreed else "refused_later", ((one, _facts(one)) for one in asked))
    first = asked[0]
    title = f"{_whom(asked)} {first.day:%-m月%-d日}的补记离校{'已同意' if agreed else '没有同意'}"
    link = f"/attendance/day/?school={first.school_id}&day={first.day.isoformat()}"
    refused = [one for one in asked if one.refusal]
    body = f"其中 {len(refused)} 人：{refused[0].refusal}" if refused and agreed else first.refusal
    notify(first.by, "correction_decided", title=title, body=body, link=link, school_id=first.school_id)


def _whom(asked: Sequence[LaterRecord]) -> str:
    return asked[0].student.name if len(asked) == 1 else f"{len(asked)} 个孩子"


def _facts(one: LaterRecord) -> dict:
    return {
        "student": one.student_id, "day": one.day.isoformat(), "way": one.way, "left_at": one.left_at.isoformat(),
        "source": one.source, "reason": one.reason,
    }  # fmt: skip
