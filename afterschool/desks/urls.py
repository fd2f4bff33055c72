from django.urls import path

from . import child, views

urlpatterns = [
    path("", views.home, name="home"),
    path("my-child/<int:student_id>/", child.child_export, name="child-export"),
]
