"""What a guardian may order for a child, and what is ordered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from afterschool.schools.models import Student
from billing.meals.consent import sentences_of, sha256_of
from billing.models import Meal, MealConsent


@dataclass(frozen=True)
class Offer:
    """A meal that may be ordered, and the sentences to agree to."""

    meal: Meal
    sentences: list[str]
    first_on: date

    @property
    def sha256(self) -> str:
        return sha256_of(self.sentences)


def offers_to(student: Student, day: date) -> list[Offer]:
    """What is published and not ordered for this child yet, from tomorrow or from its first day."""
    ordered = MealConsent.objects.filter(student=student, ended_on=None).values("meal")
    tomorrow = day + timedelta(days=1)
    open_ = Meal.objects.published().filter(
        Q(ended_on=None) | Q(ended_on__gte=tomorrow), school=student.school_id
    ).exclude(pk__in=ordered)  # fmt: skip
    meals = open_.select_related("school").order_by("name", "-began_on")
    return [Offer(meal, sentences_of(meal), max(meal.began_on, tomorrow)) for meal in meals]


def eaters_among(students: Collection[int]) -> list[Student]:
    """Those of them who have ordered a meal, or could."""
    collects = Exists(Meal.objects.published().filter(school=OuterRef("school")))
    ordered = Exists(MealConsent.objects.filter(student=OuterRef("pk")))
    return list(Student.objects.filter(collects | ordered, pk__in=students).order_by("sort_key", "pk"))


def consents_of(student: Student, day: date) -> list[MealConsent]:
    """In force, or beginning later; then those that ended within the last months."""
    recent = Q(ended_on=None) | Q(ended_on__gte=day - timedelta(days=90))
    return list(MealConsent.objects.filter(recent, student=student).select_related("meal", "agreed_by", "stopped_by"))
