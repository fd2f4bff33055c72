"""Which policy a bureau, and so each of its schools, works under."""

from datetime import date

from afterschool import policy
from afterschool.errors import NoRule
from afterschool.policy.book import Policy

from .models import Adoption, Bureau, School


def policy_of(place: Bureau | School, on: date) -> Policy:
    """The policy in force there on that day: the latest one adopted."""
    bureau_id = place.bureau_id if isinstance(place, School) else place.pk
    adopted = Adoption.objects.filter(bureau=bureau_id, began_on__lte=on).order_by("-began_on").first()
    if adopted is None:
        raise NoRule("adoption", f"{on:%Y年%-m月%-d日}按哪份文件办课后服务", place.name)
    return policy.load(adopted.policy)


def adoptions_of(bureau: Bureau) -> list[tuple[date, Policy]]:
    """From which day which policy, the latest first."""
    return [(it.began_on, policy.load(it.policy)) for it in bureau.adoptions.order_by("-began_on")]
