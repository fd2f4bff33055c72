"""What is done to a plan: drafted, written, filed, reviewed, revised."""

from datetime import datetime, time

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from afterschool.access.capabilities import ROLES, Capability
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify
from afterschool.policy import filing
from afterschool.schools.models import Bureau, Post, School, Term
from afterschool.schools.rules import policy_of

from .cases import unit_of
from .models import Minutes, Offering, Plan, Review
from .parts import FIELDS
from .selectors import filing_of, findings, is_late, open_versions

OFFERING_FIELDS = (
    "name", "kind", "slot", "grades", "boarding", "weekdays", "starts_at", "ends_at", "lessons", "fee_fen",
    "expected", "seats",
)  # fmt: skip
PLAIN_AFTERNOON = {"weekdays": [1, 2, 4, 5], "starts_at": time(15, 40), "ends_at": time(17, 30)}
LARGEST_MINUTES = 5 * 1024 * 1024
MINUTES_KINDS = {b"%PDF": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}


@transaction.atomic
def draft_plan(school: School, term: Term, *, by: Actor) -> Plan:
    """Begin the term's plan. A later version comes from `revise_plan`."""
    # Two clerks may begin at once: the second one waits here, and is refused.
    school = School.objects.select_for_update().get(pk=school.pk)
    if term.bureau_id != school.bureau_id:
        raise RuleBroken("这个学期不是本校所属教育局的学期", field="term")
    if Plan.objects.filter(school=school, term=term).exists():
        raise RuleBroken(f"{term}的方案已经有了，请在原来的方案上修改", field="term")
    plan = Plan.objects.create(school=school, term=term, hotline=school.phone)
    record(by, "drafted", plan, term=term.name)
    return plan


@transaction.atomic
def save_plan(plan: Plan, *, by: Actor, **fields) -> Plan:
    """Write these fields. A draft may breach the policy; it is filing that refuses."""
    plan = _open_plan(plan)
    if strange := fields.keys() - set(FIELDS):
        raise TypeError(f"a plan has no field {sorted(strange)}")
    changed = [name for name, value in fields.items() if getattr(plan, name) != value]
    for name in changed:
        setattr(plan, name, fields[name])
    if changed:
        plan.clean_fields(exclude={field.name for field in Plan._meta.fields} - set(changed))
        plan.save(update_fields=changed)
        record(by, "saved", plan, fields=sorted(changed))
    return plan


@transaction.atomic
def save_offering(plan: Plan, offering: Offering | None = None, *, by: Actor, **fields) -> Offering:
    """Write a service into the plan; without `offering` a new one."""
    plan = _open_plan(plan)
    if strange := fields.keys() - set(OFFERING_FIELDS):
        raise TypeError(f"an offering has no field {sorted(strange)}")
    offering = plan.offerings.get(pk=offering.pk) if offering else Offering(plan=plan, school=plan.school)
    changed = [name for name, value in fields.items() if getattr(offering, name) != value]
    for name in changed:
        setattr(offering, name, fields[name])
    if changed or offering.pk is None:
        offering.unit = unit_of(policy_of(plan.school, plan.term.began_on), plan.term.began_on, offering)
        offering.full_clean()
        offering.save()
        record(by, "saved", offering, **{name: _plain(fields[name]) for name in changed})
    return offering


@transaction.atomic
def save_part(plan: Plan, fields: dict, services: list[tuple[Offering, dict]], *, by: Actor) -> None:
    """Write a part of the form as one deed: its fields, and its services."""
    save_plan(plan, by=by, **fields)
    for offering, values in services:
        save_offering(plan, offering, by=by, **values)


@transaction.atomic
def add_offering(plan: Plan, *, by: Actor) -> Offering:
    """One more service to fill in: like the last one, or, where there is none, a plain afternoon."""
    last = plan.offerings.order_by("pk").last()
    like = {name: getattr(last, name) for name in OFFERING_FIELDS} if last else dict(PLAIN_AFTERNOON)
    names = set(plan.offerings.values_list("name", flat=True))
    name = next(f"服务项目{n}" for n in range(len(names) + 1, 100) if f"服务项目{n}" not in names)
    like.setdefault("grades", list(plan.school.grades))
    return save_offering(plan, by=by, **{**like, "name": name, "expected": 0})


@transaction.atomic
def remove_offering(offering: Offering, *, by: Actor) -> None:
    _open_plan(offering.plan)
    record(by, "removed", offering, name=offering.name)
    offering.delete()


@transaction.atomic
def keep_minutes(plan: Plan, file_name: str, data: bytes, *, by: Actor) -> Minutes:
    """Keep the signed minutes of the 家委会 meeting with the plan; a second file replaces the first."""
    plan = _open_plan(plan)
    if len(data) > LARGEST_MINUTES:
        raise RuleBroken("会议记录不能超过 5 MB", field="minutes")
    if not any(data.startswith(head) for head in MINUTES_KINDS):
        raise RuleBroken("会议记录请用 PDF、JPG 或 PNG", field="minutes")
    kept = {"file_name": file_name[-200:], "file": data, "school": plan.school}
    minutes, _ = Minutes.objects.update_or_create(plan=plan, defaults=kept)
    record(by, "uploaded", minutes, file_name=minutes.file_name, size=len(data))
    return minutes


@transaction.atomic
def file_plan(plan: Plan, *, now: datetime, by: Actor) -> Plan:
    """Send the plan to the bureau. Refused while a finding blocks; a late one is taken, and is called late."""
    plan = _open_plan(plan)
    if blocking := [finding for finding in findings(plan) if finding.blocks]:
        first = blocking[0]
        raise RuleBroken(f"{first.title}：{first.say}", cite=first.cite, field=first.field)
    plan.state, plan.filed_at, plan.filed_by_id = Plan.State.FILED, now, by.person_id
    plan.save(update_fields=["state", "filed_at", "filed_by"])
    late = plan.version == 1 and is_late(filing_of(plan.school, plan.term), localdate(now))
    record(by, "filed", plan, version=plan.version, late=late)
    for reviewer in _holders(Capability.REVIEW_PLANS, Q(bureau=plan.school.bureau_id), now):
        notify(
            reviewer,
            "plan_filed",
            title=f"{plan.school}报送了一校一案" + ("（逾期）" if late else ""),
            body=f"{plan}，第 {plan.version} 版",
            link=reverse("plans:plan-detail", args=[plan.pk]),
            school_id=plan.school_id,
        )
    return plan


@transaction.atomic
def review_plan(plan: Plan, answer: str, reason: str = "", *, now: datetime, by: Actor) -> Review:
    """The bureau takes note (D), approves (C) or returns. What is noted or approved is in force, with a number."""
    # One number after the other: reviewers of the same bureau wait here.
    bureau = Bureau.objects.select_for_update().get(schools=plan.school_id)
    plan = Plan.objects.select_for_update(of=("self",)).select_related("school", "term").get(pk=plan.pk)
    if plan.state != Plan.State.FILED:
        raise RuleBroken("这份方案不在待审状态，可能别人已经办过了")
    _answer_fits(plan, answer, reason.strip())
    review = Review.objects.create(school=plan.school, plan=plan, answer=answer, reason=reason.strip(), by_id=by.signer)
    if answer == Review.Answer.RETURNED:
        plan.state = Plan.State.RETURNED
        plan.save(update_fields=["state"])
    else:
        _put_in_force(plan, bureau, now)
    record(by, answer, plan, reason=review.reason, filing_number=plan.filing_number)
    _tell_school(plan, review, now)
    return review


@transaction.atomic
def revise_plan(plan: Plan, *, by: Actor) -> Plan:
    """A new version of a plan in force, as a draft with everything in it; the old one holds until it is replaced."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("school", "term").get(pk=plan.pk)
    if plan.state != Plan.State.IN_FORCE:
        raise RuleBroken("只有已生效的方案才需要变更")
    if open_versions(plan).exists():
        raise RuleBroken("已经有一份变更在写或在审，请先办完那一份")
    kept = {name: getattr(plan, name) for name in FIELDS}
    newest = Plan.objects.filter(school=plan.school, term=plan.term).order_by("-version")[0]
    new = Plan.objects.create(school=plan.school, term=plan.term, version=newest.version + 1, **kept)
    Offering.objects.bulk_create(
        Offering(plan=new, school=plan.school, **{name: getattr(offering, name) for name in (*OFFERING_FIELDS, "unit")})
        for offering in plan.offerings.all()
    )
    for minutes in Minutes.objects.filter(plan=plan):
        Minutes.objects.create(plan=new, school=plan.school, file_name=minutes.file_name, file=minutes.file)
    record(by, "revised", new, version=new.version)
    return new


def _open_plan(plan: Plan) -> Plan:
    """The plan, locked, if the school may still write in it."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("school", "term").get(pk=plan.pk)
    if not plan.is_open:
        raise RuleBroken(f"方案{plan.get_state_display()}，不能再改；要改请办理变更")
    return plan


def _answer_fits(plan: Plan, answer: str, reason: str) -> None:
    rule = filing.rule(policy_of(plan.school, plan.term.began_on), plan.term.began_on)
    good = Review.Answer.APPROVED if rule.needs_approval else Review.Answer.NOTED
    if answer not in {good, Review.Answer.RETURNED}:
        raise RuleBroken(f"{rule.because}，这里只能选“{good.label}”或“退回修改”", cite=rule.cite, field="answer")
    if answer == Review.Answer.RETURNED and not reason:
        raise RuleBroken("退回要写明理由，学校才知道改哪里", field="reason")


def _put_in_force(plan: Plan, bureau: Bureau, now: datetime) -> None:
    year = localdate(now).year
    number = Plan.objects.filter(school__bureau=bureau, in_force_at__year=year).count() + 1
    Plan.objects.in_force().filter(school=plan.school, term=plan.term).update(state=Plan.State.REPLACED)
    plan.state, plan.in_force_at = Plan.State.IN_FORCE, now
    plan.filing_number = f"课后备〔{year}〕{number:03d}号"
    plan.save(update_fields=["state", "in_force_at", "filing_number"])


def _tell_school(plan: Plan, review: Review, now: datetime) -> None:
    for writer in _holders(Capability.DRAFT_PLANS, Q(school=plan.school_id), now):
        notify(
            writer,
            "plan_reviewed",
            title=f"一校一案{review.get_answer_display()}",
            body=review.reason or f"备案号 {plan.filing_number}，方案已生效",
            link=reverse("plans:plan-detail", args=[plan.pk]),
            school_id=plan.school_id,
            loud=review.answer == Review.Answer.RETURNED,
        )


def _holders(capability: Capability, place: Q, now: datetime):
    roles = [role.name for role, held in ROLES.items() if capability in held]
    posts = Post.objects.open_on(localdate(now)).filter(place, role__in=roles)
    return Person.objects.filter(posts__in=posts).distinct().order_by("pk")


def _plain(value):
    return value if isinstance(value, str | int | list | None) else str(value)
