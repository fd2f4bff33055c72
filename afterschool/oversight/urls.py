from django.urls import path

from . import views

app_name = "oversight"
urlpatterns = [
    path("", views.school_list, name="school-list"),
    path("schools/<int:pk>/", views.school_detail, name="school-detail"),
]
