"""What was written of the service and sounds like what must not be done in it: 讲新课, 集体补课, 刷题."""

from datetime import date, timedelta

from django.db.models import QuerySet

from attendance.models import Session

WATCHED = timedelta(days=30)


def flagged(schools, today: date) -> QuerySet[Session]:
    """The sessions of the last thirty days whose content was flagged, the newest first."""
    recent = Session.objects.filter(school__in=schools, day__gt=today - WATCHED, day__lte=today)
    return (
        recent.exclude(content_flag="").select_related("section", "school", "logged_by").order_by("-day", "starts_at")
    )
