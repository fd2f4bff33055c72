"""How one event is judged by itself, by what is known of the child."""

from __future__ import annotations

from collections.abc import Sequence

from attendance import codes
from attendance.models import GateEvent
from attendance.release import CALL_OFFICE, Answer, Asked, May, may_release
from attendance.selectors.facts import IN_A_MOMENT, Facts, Vouched
from attendance.settling import Good, Tap
from attendance.told import Delivered, How, Kind, Outcome, Told, way_of
from enrollment.release import Grant
from enrollment.selectors import Known

GOOD = {May.RELEASE: Good.YES, May.HOLD: Good.HELD, May.NO: Good.NO}


def event_of(told: Told, brought: Delivered, facts: Facts, school_id: int) -> tuple[GateEvent, Good]:
    """The row, its outcome still open but for what the rules say of it by itself."""
    kind, pk = told.who
    name, relation = _name(told, facts)
    event = GateEvent(
        uid=told.uid, school_id=school_id, day=facts.day, gate_list=brought.gate_list, device=brought.device,
        sequence=told.sequence, claimed_at=told.claimed_at, received_at=brought.now,
        happened_at=brought.happened_at(told.claimed_at), by_id=brought.signer, kind=told.kind,
        student_id=told.student_id, about=told.about, mode=told.mode, collector_name=name, collector_relation=relation,
        place=told.place, pace=told.pace,
    )  # fmt: skip
    if told.kind == Kind.WRONG_ADULT:
        event.because = "来接的人不在授权名单里，没有放行，已联系办公室"
        return event, Good.NO
    if told.kind != Kind.RELEASE:
        event.because = _may_not(told, facts)
        return event, Good.NO if event.because else Good.YES
    event.how = How.LATER if brought.is_later else _how(told)
    event.guardian_id = pk if kind == "guardian" and name else None
    event.pickup_person_id = pk if kind == "pickup" and name else None
    event.code_id = pk if kind == "code" and name else None
    event.call_back_id = pk if kind == "call_back" and name else None
    answer = _judge(told, brought, facts)
    event.because = answer.because
    return event, GOOD[answer.may]


def tap_of(event: GateEvent, good: Good) -> Tap:
    return Tap(event.uid, event.kind, event.device, event.sequence, event.claimed_at, way_of(event), event.about, good)


def good_of(event: GateEvent) -> Good:
    """What the rules said of an event that is already written."""
    if event.outcome == Outcome.HELD:
        return Good.HELD
    return Good.NO if event.outcome == Outcome.DENIED else Good.YES


def _judge(told: Told, brought: Delivered, facts: Facts) -> Answer:
    asked = Asked(
        mode=told.mode,
        grant=_grant(told, facts),
        how=_how(told),
        proven=_is_proven(told, brought, facts),
        leader=brought.leads,
        list_age=brought.list_age(told.claimed_at),
        pace=0 if brought.is_paper else max(told.pace, _pace(told, _name(told, facts)[0], facts.recent)),
    )
    answer = may_release(facts.child(told.student_id), asked, facts.day)
    if answer.may is not May.RELEASE:
        return answer
    return _in_the_day(told, facts) or answer


def _in_the_day(told: Told, facts: Facts) -> Answer | None:
    """What else a leader has to look at: all of it may be true, since the child has left already where a gate is offline."""
    student = told.student_id
    if facts.closed and student not in facts.kept_late:
        return Answer(May.HOLD, "当日已经签字结束")
    if not facts.is_here(student):
        return Answer(May.HOLD, "考勤上不在校：还没有点名，或者记了缺勤、请假")
    if facts.own is not None and student not in facts.own:
        return Answer(May.HOLD, "不在这位老师的名单里")
    return None


def _may_not(told: Told, facts: Facts) -> str:
    """Why an undo or a leader's word does not count."""
    about = facts.by_uid.get(told.about) if told.about else None
    if told.kind == Kind.UNDO:
        signed = facts.closed and told.student_id not in facts.kept_late
        return "当日已经签字结束，不能撤销" if signed else ""
    if about is not None and _is_barred(about, facts):
        return f"后来登记了接送限制，{CALL_OFFICE}"
    return ""


def _is_barred(event: GateEvent, facts: Facts) -> bool:
    """A restriction that came after the tap denies all the same."""
    told = Told(event.uid, event.kind, event.student_id, event.claimed_at, mode=event.mode, adult=way_of(event))
    grant = _grant(told, facts)
    holding = [one for one in facts.restrictions[event.student_id] if one.holds(facts.day)]
    return bool(holding) and (grant is None or any(one.bars(grant) for one in holding))


def _how(told: Told) -> str:
    if told.mode != "collected":
        return How.AGREED
    kind, _ = told.who
    if kind in (How.CALL_BACK, "code"):
        return How.CALL_BACK if kind == How.CALL_BACK else How.ONCE
    return How.CODE if told.code else How.KNOWN


def _grant(told: Told, facts: Facts) -> Grant | None:
    """Who is asking, and on whose word."""
    if told.who[0] in ("guardian", "pickup"):
        known = _known(told, facts)
        return known.grant if known else None
    vouched = _vouched(told, facts)
    return vouched.grant if vouched else None


def _is_proven(told: Told, brought: Delivered, facts: Facts) -> bool:
    """Whether a code or a second person's call speaks for this adult."""
    if told.who[0] == "call_back":
        call = _vouched(told, facts)
        return call is not None and call.student_id == told.student_id and bool(call.adult.name)
    return _shows_code(told, brought, facts) and not _is_used(told, brought, facts)


def _shows_code(told: Told, brought: Delivered, facts: Facts) -> bool:
    """C6: of this child, this holder, this minute."""
    kind, pk = told.who
    if kind == "guardian":
        return codes.is_good(told.code, told.student_id, pk, brought.happened_at(told.claimed_at))
    code = _vouched(told, facts)
    if code is None or code.student_id != told.student_id:
        return False
    return code.sha256 == codes.fingerprint(told.student_id, facts.day, told.code)


def _is_used(told: Told, brought: Delivered, facts: Facts) -> bool:
    """Once for a child and day; a double tap of the same handover is not a second use."""
    undone = {event.about for event in facts.by_uid.values() if event.kind == Kind.UNDO}
    return any(
        event.uid in undone or (event.device, way_of(event)) != (brought.device, told.way)
        for event in facts.by_uid.values()
        if event.student_id == told.student_id and event.how == _how(told) and event.outcome == Outcome.ACCEPTED
    )


def _known(told: Told, facts: Facts) -> Known | None:
    kind, pk = told.who
    for one in facts.known.get(told.student_id, ()):
        adult = one.person if kind == "guardian" else one.pickup
        if adult is not None and adult.pk == pk:
            return one
    return None


def _name(told: Told, facts: Facts) -> tuple[str, str]:
    """As they are known on the day, kept with the event."""
    if known := _known(told, facts):
        return known.grant.adult.name, known.relation
    if vouched := _vouched(told, facts):
        return vouched.adult.name, vouched.relation
    return "", ""


def _vouched(told: Told, facts: Facts) -> Vouched | None:
    kind, pk = told.who
    of_kind = {"code": facts.codes, "call_back": facts.call_backs}
    return of_kind[kind].get(pk) if kind in of_kind else None


def _pace(told: Told, name: str, recent: Sequence[GateEvent]) -> int:
    """How many adults the device served in the ten seconds before, as far as the server knows. A family counts once."""
    before = [one for one in recent if told.claimed_at - IN_A_MOMENT < one.claimed_at <= told.claimed_at]
    served = {one.collector_name or one.student_id for one in before}
    return len(served - {name or told.student_id})
