"""Which policy a bureau, and so each of its schools, works under."""

from collections.abc import Collection
from datetime import date

from afterschool import policy
from afterschool.errors import NoRule
from afterschool.policy import rates
from afterschool.policy.book import Policy, Succession
from afterschool.policy.rule import Case

from .models import Adoption, Bureau, PolicyText, School


def policy_of(place: Bureau | School, on: date) -> Policy:
    """The policy in force there on that day: the latest one adopted."""
    bureau_id = place.bureau_id if isinstance(place, School) else place.pk
    adoptions = Adoption.objects.confirmed().filter(bureau=bureau_id, began_on__lte=on)
    adopted = adoptions.order_by("-began_on").first()
    if adopted is None:
        raise NoRule("adoption", f"{on:%Y年%-m月%-d日}按哪份文件办课后服务", place.name)
    return policy.load(adopted.policy)


def law_of(place: Bureau | School) -> Succession:
    """All that was adopted there, one after another: each day is judged by its own."""
    adopted = adoptions_of(place.bureau if isinstance(place, School) else place)
    if not adopted:
        raise NoRule("adoption", "按哪份文件办课后服务", str(place))
    return Succession(adopted)


def laws_of(bureaus: Collection[int]) -> dict[int, Succession]:
    """The law of several bureaus. One query; a bureau that has adopted nothing is left out."""
    adopted: dict[int, list[tuple[date, Policy]]] = {}
    for one in Adoption.objects.confirmed().filter(bureau__in=bureaus):
        adopted.setdefault(one.bureau_id, []).append((one.began_on, policy.load(one.policy)))
    return {bureau_id: Succession(all_of_it) for bureau_id, all_of_it in adopted.items()}


def case_of(school: School) -> Case:
    """What rules may ask about a school."""
    return Case(stage=school.stage, ownership=school.ownership, area=school.area, school=school.name)


def own_rate_of(school: School, on: date) -> rates.OwnRate | None:
    """The stipend rate that the policy leaves to the school, if it leaves any."""
    try:
        return rates.own_rate(policy_of(school, on), on, case_of(school))
    except NoRule:
        return None


def adoptions_of(bureau: Bureau) -> list[tuple[date, Policy]]:
    """From which day which policy, the latest first."""
    adoptions = bureau.adoptions.confirmed().order_by("-began_on")
    return [(adoption.began_on, policy.load(adoption.policy)) for adoption in adoptions]


class Shelf:
    """Where the law library finds the files that bureaus uploaded and adopted."""

    def text(self, code: str) -> str | None:
        return PolicyText.objects.adopted().filter(code=code).values_list("body", flat=True).first()

    def codes(self) -> list[str]:
        return list(PolicyText.objects.adopted().order_by("code").values_list("code", flat=True))
