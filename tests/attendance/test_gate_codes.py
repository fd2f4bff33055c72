"""Adults the gate does not know: a code opens once, a second person's call lets one in."""

from datetime import timedelta

import pytest

from afterschool.errors import RuleBroken
from afterschool.schools.models import Guardianship
from attendance import codes
from attendance.actions.codes import call_back, make_code
from attendance.models import Handover, Incident
from attendance.selectors.offline import list_content
from tests import cast
from tests.attendance.families import restrict
from tests.attendance.gate import bring, mother_of, outcomes, tap, undo
from tests.attendance.town import THURSDAY, at


def test_rotating_code_opens_once_for_its_child_guardian_and_minute(here):
    """C6: a screenshot, another child's, another guardian's, a guess."""
    first, second, _ = here.children
    mother, now = here.mothers[0], at(17, 42, second=5)
    code = codes.rotating_code(first.pk, mother.pk, now)
    way = f"guardian:{mother.pk}"
    Guardianship.objects.create(
        school=here.school, student=second, person=mother, relation="姑姑", began_on=cast.LONG_AGO
    )
    wrong = f"{(int(code) + 1) % 10**6:06}"
    bad = [tap(second, way, code=code), tap(first, way, code=wrong), tap(first, mother_of(here.children[2]), code=code)]
    assert outcomes(bring(here, *bad, now=now)) == ["denied"] * 3
    assert outcomes(bring(here, tap(first, way, code=code), now=at(17, 43, second=6))) == ["denied"]

    [taken] = bring(here, tap(first, way, code=code), now=now + timedelta(seconds=30))
    assert taken.outcome == "accepted"
    assert Handover.objects.get().how == "code"
    undo(Handover.objects.get(), now=now + timedelta(seconds=31), by=here.by_teacher)
    assert outcomes(bring(here, tap(first, way, code=code), now=now + timedelta(seconds=32))) == ["denied"]


def test_one_time_code_lets_its_holder_collect_once(here):
    child, mother = here.children[0], cast.act(here.mothers[0], THURSDAY)
    row, digits = make_code(child, day=THURSDAY, name="李桂花", relation="外婆", now=at(12), by=mother)
    way = f"code:{row.pk}"
    wrong = f"{(int(digits) + 1) % 10**6:06}"
    assert outcomes(bring(here, tap(child, way, code=wrong), tap(here.children[1], way, code=digits))) == ["denied"] * 2
    assert outcomes(bring(here, tap(child, way, code=digits))) == ["accepted"]

    assert Handover.objects.get().words == "由外婆接走"
    undo(Handover.objects.get(), now=at(18, 1), by=here.by_teacher)
    assert outcomes(bring(here, tap(child, way, code=digits))) == ["denied"]


def test_code_of_a_barred_guardian_opens_nothing(here):
    child = here.children[0]
    row, digits = make_code(
        child, day=THURSDAY, name="李桂花", relation="外婆", now=at(12), by=cast.act(here.mothers[0], THURSDAY)
    )
    restrict(here, child, here.mothers[0].name)
    assert outcomes(bring(here, tap(child, f"code:{row.pk}", code=digits))) == ["denied"]
    with pytest.raises(RuleBroken, match="学校办公室"):
        make_code(child, day=THURSDAY, name="某", relation="叔", now=at(12), by=cast.act(here.mothers[0], THURSDAY))


def test_unknown_adult_is_let_go_only_after_a_second_persons_call(here):
    """C1, C7"""
    child, mother = here.children[0], here.mothers[0]
    assert outcomes(bring(here, tap(child, "", kind="wrong_adult"))) == ["denied"]
    incident = Incident.objects.get(kind=Incident.Kind.WRONG_ADULT)
    asked = {"guardian": mother, "agreed": True, "adult_name": "周师傅", "adult_relation": "邻居", "now": at(17, 50)}
    with pytest.raises(RuleBroken, match="另一个人"):
        call_back(incident, **asked, by=here.by_teacher)
    newcomer = cast.make_person("新号码")
    child.guardianships.create(school=here.school, person=newcomer, relation="叔叔", began_on=THURSDAY)
    with pytest.raises(RuleBroken, match="今天以前"):
        call_back(incident, **{**asked, "guardian": newcomer}, by=here.by_leader)

    call = call_back(incident, **asked, by=here.by_leader)
    other = here.children[1]
    assert outcomes(bring(here, tap(other, f"call_back:{call.pk}"), tap(child, f"call_back:{call.pk}"))) == [
        "denied", "accepted",
    ]  # fmt: skip
    handover = Handover.objects.get()
    assert (handover.how, handover.words, handover.call_back) == ("call_back", "由邻居接走", call)


def test_a_later_no_takes_the_yes_back_and_a_second_press_is_one_call(here):
    """C1: the wrong button, or a guardian who calls again."""
    child = here.children[0]
    bring(here, tap(child, "", kind="wrong_adult"))
    incident = Incident.objects.get(kind=Incident.Kind.WRONG_ADULT)
    said = {"guardian": here.mothers[0], "adult_name": "周师傅", "adult_relation": "邻居", "by": here.by_leader}
    yes = call_back(incident, **said, agreed=True, now=at(17, 50))
    assert call_back(incident, **said, agreed=True, now=at(17, 50)) == yes
    call_back(incident, **said, agreed=False, now=at(17, 51))

    listed = list_content(here.school, THURSDAY, here.by_teacher, at(17, 52))["children"]
    assert not [one for row in listed for one in row["adults"] if one["key"].startswith("call_back")]
    assert outcomes(bring(here, tap(child, f"call_back:{yes.pk}"))) == ["denied"]
    again = call_back(incident, **said, agreed=True, now=at(17, 55))
    assert outcomes(bring(here, tap(child, f"call_back:{again.pk}"))) == ["accepted"]
