"""What waits for this person in enrolment. A fixed number of queries for each kind of person."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.desk import Task
from afterschool.access.reach import Actor
from afterschool.schools.models import Student

from .models import Application, ExportRequest, PickupRestriction, Waiver, Withdrawal
from .selectors import Invitation, invitations, open_reach, waivers_due

S = Application.State
LIST = "enrollment:application-list"


def tasks(actor: Actor, today: date) -> list[Task]:
    return [*_for_guardian(actor, today), *_for_reviewers(actor), *_for_office(actor), *_for_waivers(actor)]


def _for_guardian(actor: Actor, today: date) -> Iterator[Task]:
    reach = open_reach(actor, today) if actor.may(Capability.APPLY) else None
    if not reach:
        return
    for invited in invitations(Student.objects.within(reach).enrolled(), today):
        if task := _of_child(invited):
            yield task


def _of_child(invited: Invitation) -> Task | None:
    name, application = invited.student.name, invited.application
    if application is None:
        if invited.declined:
            return None
        url = reverse("enrollment:apply", args=[invited.student.pk, invited.term.pk])
        return Task(f"给{name}报名课后服务", f"{invited.term}，参加不参加都由您定", url, icon="edit")
    if application.state == S.RETURNED:
        url = reverse("enrollment:application-mend", args=[application.pk])
        return Task(f"{name}的报名要改一下", application.reason, url, urgent=True, icon="edit")
    agreement = getattr(application, "agreement", None)
    if application.state == S.APPROVED and agreement and agreement.guardian_signed_at is None:
        url = reverse("enrollment:agreement-detail", args=[agreement.pk])
        return Task(f"签{name}的课后服务协议", "学校已核准，看过协议再签字", url, urgent=True)
    return None


def _for_reviewers(actor: Actor) -> Iterator[Task]:
    reach = actor.reach(Capability.CONFIRM_APPLICATIONS)
    if reach:
        yield from _queue(reach, "submitted", Q(state=S.SUBMITTED), "份报名待初审")


def _for_office(actor: Actor) -> Iterator[Task]:
    reach = actor.reach(Capability.APPROVE_APPLICATIONS)
    if reach:
        yield from _queue(reach, "confirmed", Q(state=S.CONFIRMED), "份报名待核准")
        late = Application.objects.within(reach).filter(state=S.SUBMITTED, answer_by__lt=timezone.now()).count()
        if late:
            url = f"{reverse(LIST)}?tab=submitted"
            yield Task(
                f"{late} 份报名班级逾期未审", "请提醒班主任，教育局也能看到", url, late, urgent=True, icon="warn"
            )
        signing = Q(state=S.APPROVED, agreement__guardian_signed_at__isnull=False)
        yield from _queue(reach, "to-sign", signing, "份协议待学校签章")
        leaving = Withdrawal.objects.within(reach).filter(acknowledged_at=None).count()
        if leaving:
            yield Task(f"{leaving} 份退出申请待收悉", "家长写的日期已生效，不再收费", reverse(LIST), leaving)
    reach = actor.reach(Capability.RESTRICT_PICKUP)
    unseen = PickupRestriction.objects.within(reach).filter(confirmed_by=None).exclude(recorded_by=actor.person_id)
    waiting = unseen.count() if reach else 0
    if waiting:
        url = reverse("enrollment:restriction-list")
        yield Task(f"{waiting} 条接送限制待复核", "今天之内由另一人核对文书", url, waiting, urgent=True, icon="stop")
    lapsing = PickupRestriction.objects.within(reach).lapsing(timezone.localdate()).count() if reach else 0
    if lapsing:
        url = reverse("enrollment:restriction-list")
        yield Task(f"{lapsing} 条接送限制待复审", "文书快到期了，到期不会自动解除", url, lapsing, icon="stop")
    yield from _copies(reach)


def _copies(reach) -> Iterator[Task]:
    """Guardians who wait for a copy of their child's data."""
    asked = ExportRequest.objects.within(reach).filter(state=ExportRequest.State.ASKED).count() if reach else 0
    if asked:
        detail = "登记过限制或争议的孩子，复制资料以前要有人看"
        yield Task(f"{asked} 份查阅复制申请待放行", detail, reverse("enrollment:export-list"), asked, icon="lock")


def _queue(reach, tab: str, which: Q, words: str) -> Iterator[Task]:
    """One task for a queue; urgent as soon as one of its rows is over its time."""
    late = Count("pk", filter=Q(answer_by__lt=timezone.now(), state__in=[S.SUBMITTED, S.CONFIRMED]))
    found = Application.objects.within(reach).filter(which).aggregate(n=Count("pk"), late=late)
    if found["n"]:
        detail = f"其中 {found['late']} 份已过答复期限" if found["late"] else "一次可以勾选多份"
        yield Task(
            f"{found['n']} {words}", detail, f"{reverse(LIST)}?tab={tab}", found["n"], urgent=bool(found["late"])
        )


def _for_waivers(actor: Actor) -> Iterator[Task]:
    reach = actor.reach(Capability.DECIDE_WAIVERS)
    if reach:
        asked = Waiver.objects.within(reach).filter(state=Waiver.State.ASKED).exclude(asked_by=actor.person_id).count()
        if asked:
            yield Task(
                f"{asked} 项减免待决定", "看过证明材料再定", reverse("enrollment:waiver-desk"), asked, icon="money"
            )
    reach = actor.reach(Capability.REQUEST_WAIVERS)
    due = waivers_due(Student.objects.within(reach)).count() if reach else 0
    if due:
        detail = "名册登记为建档立卡，还没有提请减免"
        yield Task(f"{due} 名学生可以提请减免", detail, reverse("enrollment:waiver-list"), due, icon="money")
