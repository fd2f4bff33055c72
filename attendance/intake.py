"""How one event is judged by itself, by what is known of the child."""

from __future__ import annotations

from attendance import codes
from attendance.release import CALL_OFFICE, Answer, Asked, May, may_release
from attendance.selectors.facts import IN_A_MOMENT, Facts, Someone
from attendance.settling import Good, Tap
from attendance.told import Delivered, Entry, How, Kind, Outcome, Told

ADULT = {"guardian": "guardian_id", "pickup": "pickup_person_id", "code": "code_id", "call_back": "call_back_id"}
GOOD = {May.RELEASE: Good.YES, May.HOLD: Good.HELD, May.NO: Good.NO}


def entry_of(told: Told, brought: Delivered, facts: Facts, school_id: int) -> tuple[Entry, Good]:
    """The line, its outcome still open but for what the rules say of it by itself."""
    asker = facts.asker(told.student_id, told.adult)
    entry = Entry(
        uid=told.uid, school_id=school_id, day=facts.day, gate_list_id=brought.given.id if brought.given else None,
        device=brought.device, sequence=told.sequence, claimed_at=told.claimed_at, received_at=brought.now,
        happened_at=brought.happened_at(told.claimed_at), by_id=brought.signer, kind=told.kind,
        student_id=told.student_id, about=told.about, mode=told.mode, place=told.place, pace=told.pace,
        collector_name=asker.name if asker else "", collector_relation=asker.relation if asker else "",
    )  # fmt: skip
    if told.kind == Kind.WRONG_ADULT:
        entry.because = "来接的人不在授权名单里，没有放行，已联系办公室"
        return entry, Good.NO
    if told.kind != Kind.RELEASE:
        entry.because = _may_not(told, facts)
        return entry, Good.NO if entry.because else Good.YES
    entry.how = How.LATER if brought.is_later else _how(told)
    if entry.collector_name:
        kind, pk = told.who
        setattr(entry, ADULT[kind], pk)
    answer = _judge(told, asker, brought, facts)
    entry.because = answer.because
    return entry, GOOD[answer.may]


def tap_of(entry: Entry, good: Good) -> Tap:
    return Tap(entry.uid, entry.kind, entry.device, entry.sequence, entry.claimed_at, entry.way, entry.about, good)


def good_of(entry: Entry) -> Good:
    """What the rules said of a line that is already written."""
    if entry.outcome == Outcome.HELD:
        return Good.HELD
    return Good.NO if entry.outcome == Outcome.DENIED else Good.YES


def _judge(told: Told, asker: Someone | None, brought: Delivered, facts: Facts) -> Answer:
    asked = Asked(
        mode=told.mode,
        grant=asker.grant if asker else None,
        how=_how(told),
        proven=asker is not None and _is_proven(told, asker, brought, facts),
        leader=brought.leads,
        list_age=brought.list_age(told.claimed_at),
        pace=0 if brought.is_paper else max(told.pace, _pace(told, asker, facts)),
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
        return Answer(May.HOLD, "考勤上没有到：还没有点名，或者记了缺勤、请假、病")
    if facts.own is not None and student not in facts.own:
        return Answer(May.HOLD, "不在这位老师的名单里")
    return None


def _may_not(told: Told, facts: Facts) -> str:
    """Why an undo or a leader's word does not count."""
    about = facts.by_uid.get(told.about) if told.about else None
    if told.kind == Kind.UNDO:
        signed = facts.closed and told.student_id not in facts.kept_late
        return "当日已经签字结束，不能撤销" if signed and not _waits(about, facts) else ""
    if about is not None and _is_barred(about, facts):
        return f"后来登记了接送限制，{CALL_OFFICE}"
    return ""


def _waits(about: Entry | None, facts: Facts) -> bool:
    """It was held and no leader has confirmed it: it counts for nothing yet."""
    if about is None or about.outcome != Outcome.HELD:
        return False
    confirms = (one for one in facts.by_uid.values() if one.kind == Kind.CONFIRM and one.about == about.uid)
    return all(one.outcome == Outcome.DENIED for one in confirms)


def _is_barred(entry: Entry, facts: Facts) -> bool:
    """A restriction that came after the tap denies all the same."""
    holding = [one for one in facts.restrictions[entry.student_id] if one.holds(facts.day)]
    if not holding:
        return False
    asker = facts.asker(entry.student_id, entry.way)
    return asker is None or any(one.bars(asker.grant) for one in holding)


def _how(told: Told) -> str:
    if told.mode != "collected":
        return How.AGREED
    kind, _ = told.who
    if kind in (How.CALL_BACK, "code"):
        return How.CALL_BACK if kind == How.CALL_BACK else How.ONCE
    return How.CODE if told.code else How.KNOWN


def _is_proven(told: Told, asker: Someone, brought: Delivered, facts: Facts) -> bool:
    """Whether a code or a second person's call speaks for this adult."""
    if told.who[0] == "call_back":
        return bool(asker.name)
    if told.who[0] == "code" and brought.is_later:
        return True  # the slip is gone; whom the guardian named is not
    if not told.code:
        return False
    return _is_good(told, asker, brought, facts) and not _is_used(told, brought, facts)


def _is_good(told: Told, asker: Someone, brought: Delivered, facts: Facts) -> bool:
    """C6: of this child, this holder, this minute."""
    if asker.guardian:
        return codes.is_good(told.code, told.student_id, asker.guardian.pk, brought.happened_at(told.claimed_at))
    return asker.sha256 == codes.fingerprint(told.student_id, facts.day, told.code)


def _is_used(told: Told, brought: Delivered, facts: Facts) -> bool:
    """Once for a child and day; a double tap of the same handover is not a second use."""
    undone = {entry.about for entry in facts.by_uid.values() if entry.kind == Kind.UNDO}
    return any(
        entry.uid in undone or (entry.device, entry.way) != (brought.device, told.way)
        for entry in facts.by_uid.values()
        if entry.student_id == told.student_id and entry.how == _how(told) and entry.outcome == Outcome.ACCEPTED
    )


def _pace(told: Told, asker: Someone | None, facts: Facts) -> int:
    """How many adults the device served in the ten seconds before, as far as the server knows. A family counts once."""
    began = told.claimed_at - IN_A_MOMENT
    served = {whom for at, whom in facts.recent if began < at <= told.claimed_at}
    return len(served - {asker.name if asker and asker.name else told.student_id})
