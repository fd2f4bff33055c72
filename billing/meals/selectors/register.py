"""Which meals a school collects for, and what its policy lets it collect."""

from datetime import date

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor, Reach
from afterschool.errors import NoRule
from afterschool.policy import expenses, fees, load
from afterschool.policy.rules import OwnItem
from afterschool.schools.models import School
from afterschool.schools.rules import policy_of
from billing.models import FeeMonth, Fund, Meal


def collected(school: School, day: date) -> list[OwnItem]:
    """What the policy lists as collected for others, apart from the fee."""
    try:
        return fees.collected_apart(policy_of(school, day), day)
    except NoRule:  # nothing is adopted yet
        return []


def meals_within(reach: Reach, actor: Actor) -> QuerySet[Meal]:
    """Each with how many eat it, and whether this person may publish it."""
    reviews = actor.may(Capability.REVIEW_BOOKS)
    other = Q(published_at=None) & ~Q(entered_by=actor.person_id) if reviews else Q(pk__in=())
    return (
        Meal.objects.within(reach)
        .select_related("school", "entered_by", "published_by")
        .annotate(
            eaters=Count("consents", filter=Q(consents__ended_on=None)),
            may_publish=ExpressionWrapper(other, output_field=BooleanField()),
        )
        .order_by("school__name", "-began_on", "name")
    )


def billable(fee_month: FeeMonth) -> QuerySet[Meal]:
    """The meals whose supplier may bill this month."""
    served = Meal.objects.published().filter(school=fee_month.school_id, began_on__lte=fee_month.last_on)
    return served.filter(Q(ended_on=None) | Q(ended_on__gte=fee_month.month)).order_by("name", "pk")


def category_of(fee_month: FeeMonth) -> str:
    """As what the policy lets a supplier be paid; nothing where it names nothing, and then nothing is booked."""
    listed = expenses.categories(load(fee_month.policy), fee_month.month, Fund.MEAL.in_policy)
    return listed[0].key if listed else ""
