"""Who else may come for a child, and who must not."""

from afterschool.schools.models import Guardianship
from enrollment.models import PickupPerson, PickupRestriction
from tests import cast


def father_of(town, child):
    father = cast.make_person("陈志强")
    Guardianship.objects.create(
        school=town.school, student=child, person=father, relation="父亲", began_on=cast.LONG_AGO
    )
    return father


def name_grandma(town, child, name="王秀兰", phone="13900001111"):
    mother = child.guardianships.first().person
    return PickupPerson.objects.create(
        school=town.school, student=child, name=name, relation="奶奶", phone=phone, named_by=mother,
        began_on=cast.LONG_AGO,
    )  # fmt: skip


def restrict(town, child, name):
    return PickupRestriction.objects.create(
        school=town.school, student=child, person_name=name, document="（2026）民初1号", began_on=cast.LONG_AGO,
        recorded_by=cast.make_person("办公室甲"),
    )  # fmt: skip
