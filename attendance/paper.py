"""纸质名单: the A4 list says what the gate's page says; its ticks are typed in later, through the same intake.

A paper is a device like a telephone: a list was given out to it, and its ticks are events under that list.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_time

from afterschool.access.reach import Actor
from afterschool.pdf import render_pdf
from enrollment.models import Section

from .actions.lists import issue_list
from .models import GateEvent, GateList, Handover
from .once import once
from .selectors import sessions_at_the_gate
from .selectors.offline import list_content
from .told import Told

KEPT_FOR = 7  # days
ALONE = {Handover.Mode.SELF, Handover.Mode.BUS}


@dataclass(frozen=True)
class Way:
    """A box to tick: an adult, or how a child leaves without one."""

    key: str
    words: str
    number: int | None  # none: this adult must not collect, and there is no box


@dataclass(frozen=True)
class Line:
    """One child on the paper."""

    child: Mapping
    ways: Sequence[Way]

    @property
    def gone(self) -> str:
        gone = self.child["gone"]
        return f"{timezone.localtime(datetime.fromisoformat(gone['at'])):%H:%M} {gone['words']}" if gone else ""

    @property
    def is_open(self) -> bool:
        """Nobody has registered yet how this child left."""
        return not self.gone and self.child["state"] not in ("absent", "leave", "ill")

    @property
    def state(self) -> str:
        return {"absent": "缺勤", "leave": "请假", "ill": "病"}.get(self.child["state"], self.gone)


def print_paper(section: Section, *, now: datetime, by: Actor) -> bytes:
    """The list of one section as a PDF. That it was given out is written down, as for any device."""
    day = timezone.localdate(now)
    issued = issue_list(section.school, day=day, device=device_of(section), section_id=section.pk, now=now, by=by)
    facts = {"section": section, "school": section.school, "list": issued.gate_list, "lines": lines_of(issued.content)}
    return render_pdf("print/gate_list.html", facts)


def papers(actor: Actor, today: date) -> list[tuple[GateList, Section]]:
    """The last one printed for each section and day of the past week, of those this person may hand over."""
    days = [today - timedelta(days=ago) for ago in range(KEPT_FOR)]
    mine = {(session.section_id, day): session.section for day in days for session in _mine(actor, day)}
    names = {device_of(section) for section in mine.values()}
    lists = GateList.objects.filter(day__in=days, device__in=names).select_related("issued_to").order_by("id")
    latest = {key: one for one in lists if (key := (section_of(one), one.day)) in mine}
    return sorted(
        ((one, mine[key]) for key, one in latest.items()), key=lambda pair: (-pair[0].day.toordinal(), pair[1].name)
    )


def _mine(actor: Actor, day: date):
    return sessions_at_the_gate(actor, day).select_related("section")


def device_of(section: Section) -> str:
    return f"{GateList.PAPER}{section.pk}"


def section_of(paper: GateList) -> int:
    return int(paper.device.removeprefix(GateList.PAPER))


def paper_lines(paper: GateList, actor: Actor, now: datetime) -> list[Line]:
    """The children of the paper, as far as they are this person's, and what is known of each by now."""
    return lines_of(list_content(paper.school, paper.day, actor, now, section_id=section_of(paper)))


def lines_of(content: Mapping) -> list[Line]:
    return [Line(child, list(_ways(child))) for child in content["children"]]


def ticks(paper: GateList, lines: Sequence[Line], post: Mapping[str, str], form: UUID) -> Iterator[Told]:
    """What the typed form says. The same form sent twice says the same events."""
    for number, line in enumerate(lines, 1):
        key = post.get(f"way-{line.child['id']}")
        if not line.is_open or key not in {way.key for way in line.ways if way.number}:
            continue
        alone = key in ALONE
        yield Told(
            uid=once(form, line.child["id"]),
            kind=GateEvent.Kind.RELEASE,
            student_id=line.child["id"],
            claimed_at=_moment(paper, post.get(f"time-{line.child['id']}") or line.child["leaves_at"]),
            sequence=number,
            mode=key if alone else Handover.Mode.COLLECTED,
            adult="" if alone else key,
        )


def _ways(child: Mapping) -> Iterator[Way]:
    numbers = count(1)
    for adult in child["adults"]:
        words = f"{adult['relation']} {adult['name']}" + (f"（{adult['tail']}）" if adult["tail"] else "")
        yield Way(adult["key"], words, None if adult["barred"] else next(numbers))
    if child["mode"] in ALONE:
        yield Way(child["mode"], Handover.Mode(child["mode"]).label, next(numbers))


def _moment(paper: GateList, clock: str) -> datetime:
    try:
        at = parse_time(clock)
    except ValueError:
        at = None
    return timezone.make_aware(datetime.combine(paper.day, at or time(0)))
