from django.urls import path

from . import views

app_name = "plans"
urlpatterns = [
    path("", views.plan_list, name="plan-list"),
    path("new/", views.plan_create, name="plan-create"),
    path("review/", views.review_list, name="review-list"),
    path("<int:pk>/", views.plan_detail, name="plan-detail"),
    path("<int:pk>.pdf", views.plan_pdf, name="plan-pdf"),
    path("<int:pk>/edit/", views.plan_edit, name="plan-edit"),
    path("<int:pk>/edit/<slug:part>/", views.plan_edit, name="plan-part"),
    path("<int:pk>/check/<slug:part>/", views.plan_check, name="plan-check"),
    path("<int:pk>/minutes/", views.minutes_detail, name="minutes"),
    path("<int:pk>/minutes/upload/", views.minutes_upload, name="minutes-upload"),
    path("<int:pk>/file/", views.plan_file, name="plan-file"),
    path("<int:pk>/revise/", views.plan_revise, name="plan-revise"),
    path("<int:pk>/review/", views.plan_review, name="plan-review"),
    path("offerings/<int:pk>/delete/", views.offering_delete, name="offering-delete"),
]
