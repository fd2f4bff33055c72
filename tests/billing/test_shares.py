"""What the policy keeps for people and holds back from management, told where costs are entered."""

from django.urls import reverse

from afterschool.access.models import Person
from billing.actions import charge_month
from billing.selectors.shares import shares
from tests import cast
from tests.billing.conftest import family
from tests.billing.test_settlement import spend

POOLS = """
[[expense]]
key = "staff_stipend"
label = "教师补助"
funds = ["fee"]
[[expense]]
key = "water"
label = "水费"
funds = ["fee"]
[[pool]]
key = "management"
of = "fees"
categories = ["water"]
percent_at_most = 10
[[pool]]
key = "staff"
of = "fees"
categories = ["staff_stipend"]
percent_at_least = 70
"""


def test_the_months_costs_are_held_against_the_shares(client, town):
    family(town)
    charge_month(town.month, by=town.clerk)
    town.month.policy = cast.adopt(town.bureau, POOLS).policy
    town.month.save()
    spend(town, "15.50")
    client.force_login(Person.objects.get(pk=town.clerk.person_id))

    page = client.get(reverse("billing:expense-list", args=[town.month.pk])).content.decode()

    assert "管理支出用了 15.50 元，还可以用 4.50 元" in page  # 10 % of 200
    assert "人员支出不少于 140.00 元，只用了 0.00 元，还差 140.00 元" in page


def test_no_share_no_word(town):
    assert shares(town.month) == []
