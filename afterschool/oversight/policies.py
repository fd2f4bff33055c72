"""What the pages about the bureau's policy show."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from afterschool.access.reach import Actor
from afterschool.jobs.models import Job
from afterschool.money import Money, total
from afterschool.policy.book import Policy
from afterschool.schools.models import Adoption, Bureau, PolicyText, School
from afterschool.schools.rules import adoptions_of
from afterschool.xlsx import Column, Sheet
from billing.models import FeeMonth
from staffing.models import StipendSheet

EFFECT = "oversight.policy_effect"


@dataclass(frozen=True)
class Held:
    """A policy, and from which day the bureau works under it."""

    began_on: date
    policy: Policy


@dataclass(frozen=True)
class Standing:
    """Under which policies the bureau worked, works and will work."""

    now: Held | None
    upcoming: list[Held]
    earlier: list[Held]


def standing(bureau: Bureau, today: date) -> Standing:
    adopted = [Held(*one) for one in adoptions_of(bureau)]
    begun = [one for one in adopted if one.began_on <= today]
    return Standing(begun[0] if begun else None, [one for one in adopted if one.began_on > today], begun[1:])


def on_trial(bureau: Bureau) -> QuerySet[PolicyText]:
    """Files that were uploaded and not adopted."""
    adopted = PolicyText.objects.adopted().values("pk")
    return bureau.policy_texts.exclude(pk__in=adopted).defer("body", "notice").select_related("uploaded_by")


def history(text: PolicyText) -> QuerySet[Adoption]:
    """What was proposed of this file and what was said to it, the latest first."""
    people = ("proposed_by", "confirmed_by", "declined_by")
    return Adoption.objects.filter(policy=text.code, bureau=text.bureau_id).select_related(*people).order_by("-pk")


def waiting(bureau: Bureau) -> tuple[Adoption, PolicyText] | None:
    """The proposal that waits for a second person, with its file."""
    adoption = bureau.adoptions.waiting().select_related("proposed_by").first()
    return (adoption, PolicyText.objects.get(code=adoption.policy)) if adoption else None


def to_confirm(bureaus: Iterable[int], actor: Actor) -> QuerySet[Adoption]:
    """Proposals of others that wait for this person."""
    return Adoption.objects.waiting().filter(bureau__in=bureaus).exclude(proposed_by=actor.person_id)


@dataclass(frozen=True)
class Begun:
    """A month some school has begun, which stays under the policy it was begun with; and what was done in it."""

    month: date
    school: School
    deed: str

    @property
    def next_free(self) -> date:
        return _next_month(self.month)

    def __str__(self) -> str:
        done = f"{self.school}已经为{self.month:%Y年%-m月}{self.deed}"
        return f"{done}，最早从{self.next_free:%Y年%-m月%-d日}起采用"


def latest_begun(bureau: Bureau, since: date) -> Begun | None:
    """The latest month from `since` on whose books or stipends some school has begun."""
    here = {"school__bureau": bureau, "month__gte": since}
    books = FeeMonth.objects.filter(**here).select_related("school").order_by("-month").first()
    sheet = StipendSheet.objects.filter(**here).select_related("school").order_by("-month").first()
    begun = [Begun(one.month, one.school, deed) for one, deed in ((books, "开了账"), (sheet, "制了补助表")) if one]
    return max(begun, key=lambda one: one.month, default=None)


def first_free_month(bureau: Bureau, today: date) -> tuple[date, Begun | None]:
    """The first month to come from which another policy may hold; and what stands in the way of an earlier one."""
    begun = latest_begun(bureau, _next_month(today))
    return (begun.next_free, begun) if begun else (_next_month(today), None)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


# What it would change


def batch_of(text: PolicyText) -> str:
    """How the jobs about this file, as it now reads, are called; the day follows."""
    return f"{text.pk}-{hashlib.sha256(text.body.encode()).hexdigest()[:12]}-"


@dataclass(frozen=True)
class Effect:
    """One school's row: what its job found out, once it has ended."""

    school: School
    job: Job

    @property
    def is_done(self) -> bool:
        return self.job.state == Job.State.DONE

    @property
    def has_failed(self) -> bool:
        return self.job.state == Job.State.FAILED

    @property
    def breaches(self) -> list[dict[str, str]] | None:
        """None where the school has no plan in force."""
        return self.job.result.get("breaches")

    @property
    def silent(self) -> list[tuple[str, int]]:
        """What the file does not answer, and for how many people."""
        return [*self.charges.silent, *self.stipends.silent]

    @property
    def charges(self) -> "Monthly":
        return Monthly.of(self.job.result.get("charges"))

    @property
    def stipends(self) -> "Monthly":
        return Monthly.of(self.job.result.get("stipends"))


@dataclass(frozen=True)
class Monthly:
    """A sum of one month, now and then."""

    month: date | None
    many: int
    now: Money
    then: Money
    silent: list[tuple[str, int]]

    @classmethod
    def of(cls, kept: dict[str, Any] | None) -> "Monthly":
        kept = kept or {"month": None, "many": 0, "now_fen": 0, "then_fen": 0, "silent": []}
        month = date.fromisoformat(kept["month"]) if kept["month"] else None
        silent = [(say, many) for say, many in kept["silent"]]
        return cls(month, kept["many"], Money(kept["now_fen"]), Money(kept["then_fen"]), silent)

    @property
    def said_month(self) -> str:
        return f"{self.month:%Y年%-m月}" if self.month else ""

    @property
    def change(self) -> Money:
        return self.then - self.now

    @property
    def rises(self) -> bool:
        return self.then > self.now


@dataclass(frozen=True)
class Effects:
    """Every school's row, and what they come to."""

    rows: list[Effect]

    @property
    def ended(self) -> int:
        return sum(row.is_done or row.has_failed for row in self.rows)

    @property
    def is_under_way(self) -> bool:
        return self.ended < len(self.rows)

    @property
    def breaching(self) -> int:
        return sum(bool(row.breaches) for row in self.rows)

    @property
    def failed(self) -> int:
        return sum(row.has_failed for row in self.rows)

    @property
    def charges(self) -> Monthly:
        return _together([row.charges for row in self.rows])

    @property
    def stipends(self) -> Monthly:
        return _together([row.stipends for row in self.rows])


def _together(parts: list[Monthly]) -> Monthly:
    now, then = total(part.now for part in parts), total(part.then for part in parts)
    return Monthly(None, sum(part.many for part in parts), now, then, [])


def effects_of(text: PolicyText) -> Effects:
    """The latest working-out of this file as it now reads; no rows where nobody has asked yet."""
    jobs = Job.objects.filter(kind=EFFECT, period__startswith=batch_of(text)).order_by("-period")
    latest = jobs.values_list("period", flat=True).first()
    by_school = {job.school_id: job for job in jobs.filter(period=latest)}
    schools = School.objects.filter(pk__in=by_school).order_by("name")
    return Effects([Effect(school, by_school[school.pk]) for school in schools])


def effect_sheet(text: PolicyText, effects: Effects) -> Sheet:
    columns = [
        Column("学校", width=24),
        Column("不符合的项目", width=60),
        *(
            column
            for what in ("收费", "补助")
            for column in (
                Column(f"{what}按哪个月算", width=14),
                *(Column(f"{what}{when}（元/月）", "money", 16, total=True) for when in ("现在", "以后", "增减")),
            )
        ),
        Column("没有算成或文件没有写明的", width=60),
    ]
    return Sheet("对各校的影响", columns, [_cells(row) for row in effects.rows], titles=[f"《{text}》对各校的影响"])


def _cells(row: Effect) -> list[Any]:
    breaches = "\n".join(f"{one['title']}：{one['say']}（{one['clause']}）" for one in row.breaches or ())
    parts = (row.charges, row.stipends)
    sums = [cell for part in parts for cell in (part.said_month, part.now, part.then, part.change)]
    open_ = row.job.error or "\n".join(f"{say}（{many} 人）" for say, many in row.silent)
    return [row.school.name, breaches, *sums, open_]
