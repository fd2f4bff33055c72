"""The house holds its own shape: stairs of foreign keys, a school on every row that belongs to one."""

from django.apps import apps
from django.conf import settings

FLOORS = {
    "access": 2, "audit": 3, "notices": 3, "jobs": 3, "schools": 4, "plans": 5, "enrollment": 6,
    "staffing": 7, "attendance": 8, "ledger": 9, "billing": 9, "disclosures": 9, "wechat": 9, "oversight": 10, "desks": 11,
    "demo": 12,
}  # fmt: skip
OURS = [model for model in apps.get_models() if model._meta.app_label in FLOORS]
# Tables that belong to a bureau, to a person or to nobody.
WITHOUT_SCHOOL = {
    "access.Person", "access.Session", "access.SignInCode", "notices.Delivery", "notices.RecordedMessage", "schools.Bureau",
    "schools.Adoption", "schools.PolicyText", "schools.School", "schools.Term", "schools.CalendarYear", "schools.CalendarDay",
}  # fmt: skip


def test_foreign_keys_only_lead_down():
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in OURS
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model._meta.app_label in FLOORS
        and FLOORS[field.related_model._meta.app_label] > FLOORS[model._meta.app_label]
    ]
    assert upward == []


def test_every_table_that_belongs_to_a_school_carries_it():
    without = {m._meta.label for m in OURS if "school_id" not in {f.attname for f in m._meta.concrete_fields}}
    assert without == WITHOUT_SCHOOL


def test_every_room_has_a_floor():
    rooms = {app.rsplit(".", 1)[-1] for app in settings.INSTALLED_APPS if not app.startswith("django")}
    third_party = {"axes", "crispy_forms", "crispy_bootstrap5", "csp"}
    assert rooms - third_party - {"django_htmx"} == set(FLOORS)
