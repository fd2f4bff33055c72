"""The gate as a device tells it: one tap, brought at once by whoever made it."""

from itertools import count
from uuid import UUID, uuid4

from attendance.actions import take_events
from attendance.models import GateEvent, Handover, Incident
from attendance.told import Taken, Told
from enrollment.selectors import Collector
from tests.attendance.town import at

Kind = GateEvent.Kind
TABLET, PHONE = str(uuid4()), str(uuid4())
_sequence = count(1)


def mother_of(child) -> str:
    return f"guardian:{child.guardianships.get(is_primary=True).person_id}"


def tap(child, adult=None, when=None, **more) -> Told:
    """This child, this adult: with nothing said the mother takes it."""
    who = adult.key if isinstance(adult, Collector) else mother_of(child) if adult is None else adult
    said = {"kind": Kind.RELEASE, "mode": "collected", "adult": who} | more
    return Told(uuid4(), student_id=child.pk, claimed_at=when or at(17, 42), sequence=next(_sequence), **said)


def bring(town, *events, device=TABLET, now=None, by=None, **more) -> list[Taken]:
    """A device brings its queue."""
    return take_events(town.school, events, device=device, now=now or at(18), by=by or town.by_teacher, **more)


def outcomes(taken) -> list[str]:
    return [one.outcome for one in taken]


def ask(child, adult=None, *, now, by, **more) -> Taken:
    """What the gate answers. Everybody carries a telephone of their own."""
    device = str(UUID(int=by.signer))
    return take_events(child.school, [tap(child, adult, now, **more)], device=device, now=now, by=by)[0]


def hand_over(child, adult=None, *, now, by, **more) -> Handover:
    """The child leaves."""
    taken = ask(child, adult, now=now, by=by, **more)
    assert taken.handover_id, (taken.outcome, taken.because)
    return Handover.objects.get(pk=taken.handover_id)


def undo(handover, *, now, by) -> Taken:
    """The child is still here."""
    told = tap(handover.student, "", now, kind=Kind.UNDO, mode="", about=handover.event.uid)
    device = handover.event.device
    return take_events(handover.school, [told], device=device, day=handover.day, now=now, by=by)[0]


def report_wrong_adult(child, *, now, by) -> Incident:
    """An adult whom nobody has named asks for the child."""
    taken = ask(child, "", now=now, by=by, kind=Kind.WRONG_ADULT, mode="")
    return Incident.objects.get(event__uid=taken.uid)
