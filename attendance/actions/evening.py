"""晚间消息: one message a day to each guardian, once all their children have gone: who went when, and with whom."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db import transaction
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.notices.models import Notice
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import School, Student
from attendance.models import Handover
from attendance.selectors import day_book
from attendance.selectors.book import DayBook
from attendance.selectors.trail import TO_LEAVE
from enrollment.release import may_release
from enrollment.selectors import grants_of, restrictions_of

from .day import lock

KIND = "gone_home"


@transaction.atomic
def tell_families(school: School, *, day: date) -> int:
    """Nothing of a child that did not come, and nothing to whoever must not know. Safe to run again: each is told once."""
    lock(school.pk)
    book = day_book(school, day)
    link = f"?day={day.isoformat()}"
    told = Notice.objects.filter(kind=KIND, school_id=school.pk, link__endswith=link)
    done = set(told.values_list("to", flat=True))
    notes = [
        Note(
            guardian,
            KIND,
            title=_sentence(children, book),
            link=f"/attendance/students/{children[0].pk}/day/{link}",
            school_id=school.pk,
            wechat=True,
        )
        for guardian, children in _families(book)
        if guardian.pk not in done
    ]
    if notes:
        notify_each(notes)
    return len(notes)


def _families(book: DayBook) -> Iterator[tuple[Person, list[Student]]]:
    """Each guardian with the children that have gone, as soon as none of them is still to go."""
    children, states = book.children, book.states()
    known, restrictions = grants_of(children.values(), book.day), restrictions_of(children.values(), book.day)
    people: dict[int, Person] = {}
    families: dict[int, list[Student]] = defaultdict(list)
    for pk, student in children.items():
        for one in known[pk]:
            if one.person and may_release([one.grant], restrictions[pk], book.day):
                people[one.person.pk] = one.person
                families[one.person.pk].append(student)
    for pk, own in families.items():
        if any(states[child.pk] in TO_LEAVE for child in own):
            continue
        if gone := [child for child in own if child.pk in book.handovers]:
            yield people[pk], gone


def _sentence(children: list[Student], book: DayBook) -> str:
    """`陈一诺、陈一鸣 17:42 由奶奶接走`"""
    names: dict[str, list[str]] = defaultdict(list)
    for child in children:
        names[_how(book.handovers[child.pk])].append(child.name)
    return "；".join(f"{'、'.join(own)} {how}" for how, own in names.items())[:100]


def _how(handover: Handover) -> str:
    return f"{timezone.localtime(handover.at):%H:%M} {handover.words}"
