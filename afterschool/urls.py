from django.urls import include, path

from afterschool.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("attendance/", include("attendance.urls")),
    path("", include("afterschool.desks.urls")),
    path("law/", include("afterschool.law")),
    path("", include("afterschool.access.urls")),
    path("inbox/", include("afterschool.notices.urls")),
    path("jobs/", include("afterschool.jobs.urls")),
    path("registry/", include("afterschool.schools.urls")),
    path("plans/", include("afterschool.plans.urls")),
    path("enrollment/", include("enrollment.urls")),
    path("staffing/", include("staffing.urls")),
    path("billing/books/", include("billing.ledger.urls")),
    path("billing/", include("billing.urls")),
    path("meals/", include("billing.meals.urls")),
    path("", include("billing.disclosures.urls")),
    path("pay/", include("billing.wechat.urls")),
    path("bureau/", include("afterschool.oversight.urls")),
]
