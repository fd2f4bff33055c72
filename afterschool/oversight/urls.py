from django.urls import path

from .views import schools

app_name = "oversight"
urlpatterns = [
    path("", schools.school_list, name="school-list"),
    path("schools/<int:pk>/", schools.school_detail, name="school-detail"),
]
