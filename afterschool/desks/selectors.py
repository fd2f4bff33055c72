from datetime import date
from importlib import import_module

from afterschool.access.desk import Task
from afterschool.access.reach import Actor

# Each room knows what waits in it.
ROOMS = (
    "attendance.desk",
    "staffing.desk",
    "enrollment.desk",
    "billing.desk",
    "billing.disclosures.desk",
    "afterschool.plans.desk",
    "afterschool.schools.desk",
    "afterschool.oversight.desk",
)


def tasks_of(actor: Actor, today: date) -> list[Task]:
    """What waits for this person in all rooms, urgent first."""
    waiting = [task for room in ROOMS for task in import_module(room).tasks(actor, today)]
    return sorted(waiting, key=lambda task: not task.urgent)
