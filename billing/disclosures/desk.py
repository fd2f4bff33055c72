from datetime import date

from django.db.models import Count, Min
from django.urls import reverse

from afterschool.access.capabilities import Capability
from afterschool.access.desk import Task
from afterschool.access.reach import Actor
from billing.models import FeeMonth

from .models import Disclosure, FeeReport
from .selectors import due_month


def tasks(actor: Actor, today: date) -> list[Task]:
    return [*_of_bureau(actor), *_of_school(actor, today)]


def _of_bureau(actor: Actor) -> list[Task]:
    """What families told of fees beside the price."""
    reach = actor.reach(Capability.WATCH_SCHOOLS)
    waiting = FeeReport.objects.within(reach).filter(answered_at=None).count() if reach else 0
    detail = "只有教育局看得到，请核实后答复家长。"
    url = reverse("disclosures:fee-report-list")
    return [Task(f"{waiting} 条家长反映另外收费", detail, url, waiting, urgent=True, icon="warn")] if waiting else []


def _of_school(actor: Actor, today: date) -> list[Task]:
    """Sheets to look at and publish, and months whose sheet is due but which are not locked."""
    if not actor.may(Capability.PUBLISH_DISCLOSURE):
        return []
    reach = actor.reach(Capability.PUBLISH_DISCLOSURE)
    waiting = Disclosure.objects.within(reach).filter(published_at=None)
    found = waiting.order_by().aggregate(count=Count("pk"), first=Min("fee_month__month"), only=Min("pk"))
    late = FeeMonth.objects.within(reach).filter(state=FeeMonth.State.OPEN, month__lte=due_month(today)).count()
    tasks = []
    if found["count"]:
        one = found["count"] == 1
        url = reverse("disclosures:manage-detail", args=[found["only"]]) if one else reverse("disclosures:manage-list")
        title = f"{found['first'].year}年{found['first'].month}月收支公示等您发布"
        tasks.append(Task(title, "看一眼数目，点一下就公开。", url, found["count"], icon="file"))
    if late:
        detail = "月份锁定以后，第二天早上自动排好公示。"
        url = reverse("disclosures:manage-list")
        tasks.append(Task(f"{late} 个月到了公示的日子还没有锁定", detail, url, late, urgent=True, icon="lock"))
    return tasks
