"""A duty, a stipend sheet: how things stand before anybody knocks."""

from staffing.models import Duty, StipendLine, StipendSheet

from ..town import OCTOBER, Corner, Given, at


def served(corner: Corner) -> None:
    """The colleague has come and gone; the hours wait for a leader's word."""
    Duty.objects.filter(pk=corner.duty.pk).update(arrived_at=at(15, 35), left_at=at(17, 35))


def confirmed(corner: Corner) -> None:
    served(corner)
    Duty.objects.filter(pk=corner.duty.pk).update(confirmed_by=corner.office, confirmed_at=at(17, 40))


def arrived(corner: Corner) -> None:
    Duty.objects.filter(school=corner.school).update(arrived_at=at(15, 35))


def reviewed(corner: Corner) -> None:
    StipendSheet.objects.filter(pk=corner.sheet.pk).update(state="reviewed", reviewed_by=corner.reviewer)


def stipends_approved(corner: Corner) -> None:
    """October's sheet, with something to pay."""
    sheet = StipendSheet.objects.create(
        school=corner.school, month=OCTOBER, state="approved", drafted_by=corner.clerk, drafted_at=at(9),
        total_fen=40_00,
    )  # fmt: skip
    StipendLine.objects.create(
        school=corner.school, sheet=sheet, person=corner.duty.person, amount_fen=40_00, by_grade={"4": 40_00}
    )


def everybody_paid(corner: Corner) -> None:
    """October's sheet has a line for whoever is on the rota."""
    stipends_approved(corner)
    sheet = StipendSheet.objects.get(school=corner.school, month=OCTOBER)
    others = Duty.objects.filter(school=corner.school).exclude(person=corner.duty.person)
    for person in set(others.values_list("person", flat=True)):
        StipendLine.objects.create(school=corner.school, sheet=sheet, person_id=person, amount_fen=40_00)


GIVEN: dict[str, Given] = {
    "staffing:duty-confirm-list POST": served,
    "staffing:duty-leave POST": arrived,
    "staffing:my-stipend-detail GET": everybody_paid,
    "staffing:stipend-sheet-draft POST": confirmed,
    "staffing:stipend-sheet-approve POST": reviewed,
    "staffing:stipend-sheet-return POST": reviewed,
}
