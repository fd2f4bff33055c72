from django.urls import path

from .views import day, gate, gate_api, handover, leave, roll

app_name = "attendance"
urlpatterns = [
    path("day/", day.day, name="day"),
    path("day/open/", day.day_open, name="day-open"),
    path("day/close/", day.day_close, name="day-close"),
    path("day.xlsx", day.day_xlsx, name="day-xlsx"),
    path("incidents/", day.incident_create, name="incident-create"),
    path("sections/<int:section_id>/today/", roll.section_roll, name="section-roll"),
    path("sessions/<int:pk>/", roll.session_roll, name="session-roll"),
    path("sessions/<int:pk>/submit/", roll.roll_submit, name="roll-submit"),
    path("sessions/<int:pk>/undo/", roll.roll_undo, name="roll-undo"),
    path("sessions/<int:pk>/marks/<int:student_id>/", roll.mark_update, name="mark-update"),
    path("gate/list/", gate_api.gate_list, name="gate-list"),
    path("gate/events/", gate_api.gate_events, name="gate-events"),
    path("gate/held/<int:pk>/confirm/", gate_api.held_confirm, name="held-confirm"),
    path("handover/", handover.handover, name="handover"),
    path("gate/worker.js", handover.gate_worker, name="gate-worker"),
    path("gate/paper/", gate.gate_paper, name="gate-paper"),
    path("gate/paper/print/", gate.gate_paper_print, name="gate-paper-print"),
    path("gate/paper/<int:pk>/", gate.gate_paper_type, name="gate-paper-type"),
    path("students/<int:student_id>/leave/", leave.leave_create, name="leave-create"),
    path("leaves/<int:pk>/cancel/", leave.leave_cancel, name="leave-cancel"),
]
