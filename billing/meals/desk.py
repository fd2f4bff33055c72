"""What waits around meals: to be published, charged, settled; and of a family, to be paid."""

from datetime import date

from django.urls import reverse

from afterschool.access.capabilities import Capability
from afterschool.access.desk import Task
from afterschool.access.reach import Actor, Reach
from afterschool.money import ZERO
from afterschool.schools.models import Student
from billing.models import FeeMonth, Meal, MealCharge
from enrollment.selectors import open_reach

from .selectors.purse import purses


def tasks(actor: Actor, today: date) -> list[Task]:
    reviews = actor.reach(Capability.REVIEW_BOOKS)
    kin = open_reach(actor, today) if actor.may(Capability.APPLY) else None
    found = _reviewing(reviews, actor, today) if reviews else []
    return [*found, *(_owed(kin.students) if kin else [])]


def _reviewing(reach: Reach, actor: Actor, today: date) -> list[Task]:
    waiting = Meal.objects.within(reach).filter(published_at=None).exclude(entered_by=actor.person_id).count()
    found = []
    if waiting:
        say = "看过价格、供餐单位和许可证再公布，公布以后家长才能订"
        found.append(Task(f"{waiting} 项供餐待公布", say, reverse("meals:meal-list"), waiting, icon="check"))
    over = MealCharge.objects.within(reach).filter(
        fee_month__month__lt=today.replace(day=1),
        fee_month__state=FeeMonth.State.OPEN,
        fee_month__meal_settlements=None,
    )
    if charge := over.select_related("fee_month").order_by("fee_month__month").first():
        url = reverse("meals:meal-month", args=[charge.fee_month_id])
        say = "审批供餐单位的结算单，没有用掉的退给家长"
        found.append(Task(f"结清{charge.fee_month}代收餐费", say, url, icon="money"))
    return found


def _owed(students) -> list[Task]:
    """Of one's own children; nothing is asked where no meal was ever ordered."""
    held = {child: money for child, money in purses(students).items() if money < ZERO} if students else {}
    names = dict(Student.objects.filter(pk__in=held).values_list("pk", "name")) if held else {}
    return [
        Task(
            f"{names[child]}的餐费还差 {-money} 元", "转账时备注写“餐费”，和课后服务费分开付",
            reverse("meals:my-meals", args=[child]), icon="money",
        )
        for child, money in held.items()
    ]  # fmt: skip
