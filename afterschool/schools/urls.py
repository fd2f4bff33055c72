from django.urls import path

from .views import bureaus, calendar, posts, roster, schools, students

app_name = "schools"
urlpatterns = [
    path("students/", students.student_list, name="student-list"),
    path("students/<int:pk>/", students.student_detail, name="student-detail"),
    path("classes/", students.class_list, name="class-list"),
    path("posts/", posts.post_list, name="post-list"),
    path("posts/new/", posts.post_create, name="post-create"),
    path("posts/<int:pk>/end/", posts.post_end, name="post-end"),
    path("school/", schools.school_edit, name="school-edit"),
    path("bureau/", bureaus.bureau_edit, name="bureau-edit"),
    path("bureau/terms/", bureaus.term_list, name="term-list"),
    path("bureau/terms/new/", bureaus.term_create, name="term-create"),
    path("bureau/schools/", schools.school_list, name="school-list"),
    path("bureau/schools/new/", schools.school_create, name="school-create"),
    path("bureau/posts/", bureaus.bureau_post_list, name="bureau-post-list"),
    path("bureau/posts/new/", bureaus.bureau_post_create, name="bureau-post-create"),
    path("bureau/posts/<int:pk>/end/", bureaus.bureau_post_end, name="bureau-post-end"),
    path("rosters/", roster.roster_upload, name="roster-upload"),
    path("rosters/<int:pk>/", roster.roster_detail, name="roster-detail"),
    path("rosters/<int:pk>/apply/", roster.roster_apply, name="roster-apply"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/changes/new/", calendar.calendar_change, name="calendar-change"),
    path("calendar/years/<int:year>/fill/", calendar.calendar_fill, name="calendar-fill"),
    path("calendar/years/<int:year>/confirm/", calendar.calendar_confirm, name="calendar-confirm"),
]
