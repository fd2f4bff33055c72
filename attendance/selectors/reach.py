"""Whose roll one may take, whose children one may hand over."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from afterschool.access.capabilities import Capability, Role
from afterschool.access.reach import Actor, Reach
from afterschool.schools.models import School, Student
from attendance.models import LateStay, Mark, Session
from enrollment.models import Placement, Section
from staffing.models import Duty

GATE = (Role.LEADER, Role.GUARD)  # they hand over every child of the school, teachers those of their section


def sessions_open_to(actor: Actor, sessions):
    """Those whose roll this actor may take: on duty there or where they sit that day, or a leader of the school."""
    on_duty = _on_duty(actor)
    return sessions.filter(Q(school__in=actor.reach(Capability.LEAD_DAY).schools) | Exists(on_duty))


def sessions_before(actor: Actor, reach: Reach, day: date):
    """Those at which this person was on duty before that day, the latest first, with how many were there."""
    mine = Session.objects.held().within(reach).filter(Exists(_on_duty(actor)), day__lt=day)
    here = Count("marks", filter=Q(marks__status__in=Mark.HERE))
    return mine.annotate(here=here).select_related("section").order_by("-day", "starts_at", "pk")


def sessions_at_the_gate(actor: Actor, day: date):
    """Those whose children this actor may hand over that day."""
    on_duty = _on_duty(actor)
    everywhere = Q(school__in=actor.reach_as(GATE).schools)
    return (
        Session.objects.held().within(actor.reach(Capability.HAND_OVER)).filter(everywhere | Exists(on_duty), day=day)
    )


def _on_duty(actor: Actor):
    """The actor's duties at a session, or at the one with which it sits (合班)."""
    there = Q(section=OuterRef("section")) | Q(section=OuterRef("merged_into__section"))
    return Duty.objects.filter(there, day=OuterRef("day"), person=actor.person_id)


def kept_by(actor: Actor, day: date):
    """The stays of children whom this person keeps until somebody comes: one's own gate, whatever their section."""
    return LateStay.objects.within(actor.reach(Capability.HAND_OVER)).filter(
        day=day, keeper=actor.person_id, ended_at=None
    )


def schools_at_the_gate(actor: Actor, day: date):
    """Where this person hands children over that day."""
    mine, kept = sessions_at_the_gate(actor, day).values("school"), kept_by(actor, day).values("school")
    return School.objects.filter(Q(pk__in=mine) | Q(pk__in=kept))


def children_at_the_gate(actor: Actor, day: date):
    """The children of the sections this person may hand over that day."""
    sections = sessions_at_the_gate(actor, day).values("section")
    return Student.objects.filter(placements__in=Placement.objects.open_on(day).filter(section__in=sections)).distinct()


def children_of(school: School, day: date):
    """The children placed at a school that day."""
    return Student.objects.filter(placements__in=Placement.objects.open_on(day).filter(school=school)).distinct()


def sections_open_to(actor: Actor, reach: Reach, day: date):
    """Sections whose roll this actor may take: on duty there that day, or a leader of the school."""
    on_duty = Duty.objects.filter(section=OuterRef("pk"), day=day, person=actor.person_id)
    leads = Q(school__in=actor.reach(Capability.LEAD_DAY).schools)
    return Section.objects.within(reach).filter(leads | Exists(on_duty)).select_related("school__bureau")
