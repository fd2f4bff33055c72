"""One question for all that is known of some children at the gate, one answer that writes what was tapped.

PostgreSQL keeps the plans of both with the connection; left to itself it would plan the question anew for each child.
A plan made in the morning, when the day's tables are still empty, goes by their keys all the same.
"""

from django.db import migrations

FACTS = """
CREATE FUNCTION gate_facts(
  p_school bigint, p_day date, p_list uuid, p_students bigint[], p_uids uuid[], p_device text, p_from timestamptz,
  p_until timestamptz, p_person bigint
) RETURNS json LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  given attendance_gatelist;
BEGIN
  SELECT * INTO given FROM attendance_gatelist WHERE uid = p_list AND school_id = p_school;
  p_day := coalesce(given.day, p_day);
  -- One child after another, many children at once; the roll and the close, which lock the whole school, stand apart.
  PERFORM 1 FROM schools_school WHERE id = p_school FOR SHARE;
  PERFORM 1 FROM schools_student WHERE id = ANY (p_students) ORDER BY id FOR NO KEY UPDATE;
  RETURN json_build_object(
    'given', CASE WHEN given.id IS NOT NULL THEN row_to_json(given) END,
    'walks_from', (SELECT walks_from_grade FROM schools_school WHERE id = p_school),
    'students', (
      SELECT json_agg(json_build_object('id', s.id, 'name', s.name, 'grade', c.grade))
      FROM schools_student s JOIN schools_schoolclass c ON c.id = s.school_class_id
      WHERE s.id = ANY (p_students) AND s.school_id = p_school
    ),
    'events', (
      SELECT json_agg(e ORDER BY e.id) FROM attendance_gateevent e
      WHERE e.uid = ANY (p_uids) OR (e.student_id = ANY (p_students) AND e.day = p_day)
    ),
    'recent', (
      SELECT json_agg(e) FROM attendance_gateevent e
      WHERE e.device = p_device AND e.claimed_at > p_from AND e.claimed_at <= p_until AND e.kind = 'release'
    ),
    'standing', (
      SELECT json_agg(h) FROM attendance_handover h
      WHERE h.student_id = ANY (p_students) AND h.day = p_day AND h.undone_at IS NULL
    ),
    'statuses', (
      SELECT json_agg(json_build_array(m.student_id, m.status))
      FROM attendance_mark m JOIN attendance_session s ON s.id = m.session_id
      WHERE m.student_id = ANY (p_students) AND s.day = p_day AND s.cancelled_at IS NULL
    ),
    'guardians', (
      SELECT json_agg(json_build_object('student', g.student_id, 'relation', g.relation, 'id', p.id, 'name', p.name,
                                        'phone', p.phone, 'email', p.email) ORDER BY g.is_primary DESC, g.id)
      FROM schools_guardianship g JOIN access_person p ON p.id = g.person_id
      WHERE g.student_id = ANY (p_students) AND g.began_on <= p_day AND (g.ended_on IS NULL OR g.ended_on >= p_day)
    ),
    'named', (
      SELECT json_agg(json_build_object('student', n.student_id, 'relation', n.relation, 'id', n.id, 'name', n.name,
                                        'phone', n.phone, 'by', n.named_by_id, 'by_name', p.name) ORDER BY n.id)
      FROM enrollment_pickupperson n JOIN access_person p ON p.id = n.named_by_id
      WHERE n.student_id = ANY (p_students) AND n.began_on <= p_day AND (n.ended_on IS NULL OR n.ended_on >= p_day)
    ),
    'restrictions', (
      SELECT json_agg(json_build_object('student', r.student_id, 'name', r.person_name, 'person', r.person_id,
                                        'person_name', p.name, 'pickup', r.pickup_person_id))
      FROM enrollment_pickuprestriction r LEFT JOIN access_person p ON p.id = r.person_id
      WHERE r.student_id = ANY (p_students) AND r.began_on <= p_day AND (r.ended_on IS NULL OR r.ended_on >= p_day)
    ),
    'disputed', (
      SELECT json_agg(d.student_id) FROM enrollment_disputehold d
      WHERE d.student_id = ANY (p_students) AND d.began_on <= p_day AND (d.ended_on IS NULL OR d.ended_on >= p_day)
    ),
    'signed', (
      SELECT json_agg(json_build_array(a.student_id, q.leave_mode))
      FROM enrollment_agreement a JOIN enrollment_application q ON q.id = a.application_id
      WHERE a.student_id = ANY (p_students) AND a.school_signed_at IS NOT NULL
        AND a.began_on <= p_day AND (a.ended_on IS NULL OR a.ended_on >= p_day)
    ),
    'changed', (
      SELECT json_agg(json_build_array(c.student_id, c.mode)) FROM attendance_pickupchange c
      WHERE c.student_id = ANY (p_students) AND c.day = p_day AND c.cancelled_at IS NULL
    ),
    'codes', (
      SELECT json_agg(json_build_object('id', c.id, 'student', c.student_id, 'name', c.name, 'relation', c.relation,
                                        'sha256', c.sha256, 'by', c.made_by_id, 'by_name', p.name))
      FROM attendance_pickupcode c JOIN access_person p ON p.id = c.made_by_id
      WHERE c.student_id = ANY (p_students) AND c.day = p_day AND c.cancelled_at IS NULL
    ),
    'calls', (
      SELECT json_agg(json_build_object('id', c.id, 'student', c.student_id, 'name', c.adult_name,
                                        'relation', c.adult_relation, 'by', c.guardian_id, 'by_name', p.name))
      FROM attendance_callback c JOIN access_person p ON p.id = c.guardian_id
      WHERE c.student_id = ANY (p_students) AND c.day = p_day AND c.agreed
    ),
    'own', (
      SELECT json_agg(DISTINCT n.student_id)
      FROM enrollment_placement n
      JOIN attendance_session s ON s.section_id = n.section_id AND s.day = p_day AND s.cancelled_at IS NULL
      LEFT JOIN attendance_session h ON h.id = s.merged_into_id
      JOIN staffing_duty d ON d.day = p_day AND d.person_id = p_person AND d.section_id IN (s.section_id, h.section_id)
      WHERE n.student_id = ANY (p_students) AND n.began_on <= p_day AND (n.ended_on IS NULL OR n.ended_on >= p_day)
    ),
    'closed', EXISTS (SELECT FROM attendance_dayclose c WHERE c.school_id = p_school AND c.day = p_day),
    'kept', (
      SELECT json_agg(l.student_id) FROM attendance_latestay l
      WHERE l.student_id = ANY (p_students) AND l.day = p_day AND l.ended_at IS NULL
    ),
    'twice', (
      SELECT json_agg(i) FROM attendance_incident i
      WHERE i.student_id = ANY (p_students) AND i.day = p_day AND i.kind = 'twice' AND i.settled_at IS NULL
        AND i.event_id IS NOT NULL
    )
  );
END $$;
"""
WRITE = """
CREATE FUNCTION gate_write(p_events json, p_made uuid[]) RETURNS json LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  written json;
  made json;
BEGIN
  WITH row AS (
    INSERT INTO attendance_gateevent (
      uid, school_id, day, gate_list_id, device, sequence, claimed_at, received_at, happened_at, by_id, kind, student_id,
      about, mode, how, guardian_id, pickup_person_id, code_id, call_back_id, collector_name, collector_relation, place,
      pace, outcome, because
    )
    SELECT
      uid, school_id, day, gate_list_id, device, sequence, claimed_at, received_at, happened_at, by_id, kind, student_id,
      about, mode, how, guardian_id, pickup_person_id, code_id, call_back_id, collector_name, collector_relation, place,
      pace, outcome, because
    FROM json_populate_recordset(NULL::attendance_gateevent, p_events)
    RETURNING id, uid
  ) SELECT json_object_agg(uid, id) INTO written FROM row;
  -- A handover says what its event says.
  WITH row AS (
    INSERT INTO attendance_handover (
      school_id, day, student_id, event_id, mode, how, guardian_id, pickup_person_id, code_id, call_back_id,
      collector_name, collector_relation, place, at, by_id
    )
    SELECT
      school_id, day, student_id, id, mode, how, guardian_id, pickup_person_id, code_id, call_back_id,
      collector_name, collector_relation, place, happened_at, by_id
    FROM attendance_gateevent WHERE uid = ANY (p_made)
    RETURNING id, student_id
  ) SELECT json_object_agg(student_id, id) INTO made FROM row;
  RETURN json_build_object('events', coalesce(written, '{}'), 'made', coalesce(made, '{}'));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0003_denied_at_the_gate"), ("staffing", "0004_roles_of_the_policy")]
    operations = [
        migrations.RunSQL(
            FACTS,
            "DROP FUNCTION gate_facts(bigint, date, uuid, bigint[], uuid[], text, timestamptz, timestamptz, bigint);",
        ),
        migrations.RunSQL(WRITE, "DROP FUNCTION gate_write(json, uuid[]);"),
    ]
