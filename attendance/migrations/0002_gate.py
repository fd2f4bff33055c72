"""One question for all that is known of some children at the gate, one answer that writes what was tapped.

PostgreSQL keeps the plans of both with the connection; left to itself it would plan the question anew for each child.
A plan made in the morning, when the day's tables are still empty, goes by their keys all the same. What is seldom
needed is asked only then.
"""

from django.db import migrations

from afterschool.audit.ink import ink

LOCK = """
-- The day of a school: whoever changes it as a whole waits for the gates, the gates stand side by side.
CREATE FUNCTION lock_day(p_school bigint) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock('schools_school'::regclass::int, p_school::int)
$$;
"""
FACTS = """
CREATE FUNCTION gate_facts(
  p_school bigint, p_day date, p_list uuid, p_students bigint[], p_uids uuid[], p_device text, p_from timestamptz,
  p_until timestamptz, p_person bigint, p_vouched boolean
) RETURNS json LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  given attendance_gatelist;
  students json;
  events json;
  standing json;
  twice json;
  disputed json;
  codes json;
  calls json;
  own json;
  closed boolean;
  kept json;
BEGIN
  -- One child after another, many children at once.
  PERFORM pg_advisory_xact_lock_shared('schools_school'::regclass::int, p_school::int);
  SELECT json_agg(json_build_array(s.id, s.name, c.grade)) INTO students
  FROM (
    SELECT id, name, school_class_id FROM schools_student
    WHERE id = ANY (p_students) AND school_id = p_school ORDER BY id FOR NO KEY UPDATE
  ) s JOIN schools_schoolclass c ON c.id = s.school_class_id;

  SELECT * INTO given FROM attendance_gatelist WHERE uid = p_list;
  IF given.school_id <> p_school THEN
    given := NULL;
  END IF;
  p_day := coalesce(given.day, p_day);
  SELECT json_agg(e) INTO events FROM (
    SELECT * FROM attendance_gateevent WHERE uid = ANY (p_uids)
    UNION ALL
    SELECT * FROM attendance_gateevent
    WHERE student_id = ANY (p_students) AND day = p_day AND NOT uid = ANY (p_uids)
  ) e;
  IF events IS NOT NULL THEN
    SELECT json_agg(json_build_array(h.student_id, h.id, h.event_id)) INTO standing FROM attendance_handover h
    WHERE h.student_id = ANY (p_students) AND h.day = p_day AND h.undone_at IS NULL;
    SELECT json_agg(json_build_array(i.student_id, i.id, i.event_id)) INTO twice FROM attendance_incident i
    WHERE i.student_id = ANY (p_students) AND i.day = p_day AND i.kind = 'twice' AND i.settled_at IS NULL
      AND i.event_id IS NOT NULL;
  END IF;

  SELECT json_agg(d.student_id) INTO disputed FROM enrollment_disputehold d
  WHERE d.student_id = ANY (p_students) AND d.began_on <= p_day AND (d.ended_on IS NULL OR d.ended_on >= p_day);
  IF p_vouched THEN
    SELECT json_agg(json_build_array(c.student_id, c.relation, c.id, c.name, c.made_by_id, p.name, c.sha256)) INTO codes
    FROM attendance_pickupcode c JOIN access_person p ON p.id = c.made_by_id
    WHERE c.student_id = ANY (p_students) AND c.day = p_day AND c.cancelled_at IS NULL;
  END IF;
  IF p_vouched OR disputed IS NOT NULL THEN
    SELECT json_agg(json_build_array(c.student_id, c.adult_relation, c.id, c.adult_name, c.guardian_id, p.name, ''))
    INTO calls
    FROM attendance_callback c JOIN access_person p ON p.id = c.guardian_id
    WHERE c.student_id = ANY (p_students) AND c.day = p_day AND c.agreed AND (c.adult_name = '' OR NOT EXISTS (
      SELECT FROM attendance_callback n
      WHERE n.student_id = c.student_id AND n.day = c.day AND NOT n.agreed AND n.id > c.id
    ));
  END IF;

  IF p_person IS NOT NULL THEN
    SELECT json_agg(mine.student_id) INTO own FROM (
      SELECT n.student_id
      FROM enrollment_placement n
      JOIN attendance_session s ON s.section_id = n.section_id AND s.day = p_day AND s.cancelled_at IS NULL
      LEFT JOIN attendance_session h ON h.id = s.merged_into_id
      JOIN staffing_duty d ON d.day = p_day AND d.person_id = p_person AND d.section_id IN (s.section_id, h.section_id)
      WHERE n.student_id = ANY (p_students) AND n.began_on <= p_day AND (n.ended_on IS NULL OR n.ended_on >= p_day)
      UNION
      SELECT l.student_id FROM attendance_latestay l
      WHERE l.student_id = ANY (p_students) AND l.day = p_day AND l.keeper_id = p_person AND l.ended_at IS NULL
    ) mine;
  END IF;
  closed := EXISTS (SELECT FROM attendance_dayclose c WHERE c.school_id = p_school AND c.day = p_day);
  IF closed THEN
    SELECT json_agg(l.student_id) INTO kept FROM attendance_latestay l
    WHERE l.student_id = ANY (p_students) AND l.day = p_day AND l.ended_at IS NULL;
  END IF;

  RETURN json_build_object(
    'given', CASE WHEN given.id IS NOT NULL THEN json_build_array(
      given.id, given.day, given.issued_at, given.issued_to_id, given.device LIKE 'paper:%'
    ) END,
    'walks_from', (SELECT walks_from_grade FROM schools_school WHERE id = p_school),
    'students', students, 'events', events, 'standing', standing, 'twice', twice, 'disputed', disputed,
    'codes', codes, 'calls', calls, 'own', own, 'closed', closed, 'kept', kept,
    'recent', (
      SELECT json_agg(json_build_array(e.claimed_at, e.collector_name, e.student_id)) FROM attendance_gateevent e
      WHERE e.device = p_device AND e.claimed_at > p_from AND e.claimed_at <= p_until AND e.kind = 'release'
    ),
    'statuses', (
      SELECT json_agg(json_build_array(m.student_id, m.status))
      FROM enrollment_placement n JOIN enrollment_section c ON c.id = n.section_id
      JOIN plans_offering o ON o.id = c.offering_id AND o.slot NOT IN ('morning', 'noon')
      JOIN attendance_session s ON s.section_id = n.section_id AND s.day = p_day AND s.cancelled_at IS NULL
      CROSS JOIN LATERAL (
        SELECT * FROM attendance_mark WHERE session_id = s.id AND student_id = n.student_id OFFSET 0
      ) m
      WHERE n.student_id = ANY (p_students)
    ),
    'guardians', (
      SELECT json_agg(json_build_array(g.student_id, g.relation, p.id, p.name, p.phone, p.email)
                      ORDER BY g.is_primary DESC, g.id)
      FROM schools_guardianship g JOIN access_person p ON p.id = g.person_id
      WHERE g.student_id = ANY (p_students) AND g.began_on <= p_day AND (g.ended_on IS NULL OR g.ended_on >= p_day)
    ),
    'named', (
      SELECT json_agg(json_build_array(n.student_id, n.relation, n.id, n.name, n.named_by_id, p.name) ORDER BY n.id)
      FROM enrollment_pickupperson n JOIN access_person p ON p.id = n.named_by_id
      WHERE n.student_id = ANY (p_students) AND n.began_on <= p_day AND (n.ended_on IS NULL OR n.ended_on >= p_day)
    ),
    'restrictions', (
      SELECT json_agg(json_build_array(r.student_id, r.person_name, r.person_id, p.name, r.pickup_person_id))
      FROM enrollment_pickuprestriction r LEFT JOIN access_person p ON p.id = r.person_id
      WHERE r.student_id = ANY (p_students) AND r.began_on <= p_day AND (r.ended_on IS NULL OR r.ended_on >= p_day)
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
    )
  );
END $$;
"""
WRITE = """
CREATE FUNCTION gate_write(p_events json, p_made uuid[], p_notes jsonb) RETURNS json LANGUAGE plpgsql
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
    FROM attendance_gateevent WHERE uid = ANY (p_made) ORDER BY id
    RETURNING id, student_id
  ) SELECT json_object_agg(student_id, id) INTO made FROM row;
  IF jsonb_array_length(p_notes) > 0 THEN
    PERFORM leave_notes(p_notes);
  END IF;
  RETURN json_build_object('events', coalesce(written, '{}'), 'made', coalesce(made, '{}'));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0001_initial"), ("notices", "0002_leave_notes"), ("staffing", "0001_initial")]
    operations = [
        ink("attendance_gatelist"),
        ink("attendance_gateevent"),
        migrations.RunSQL(LOCK, "DROP FUNCTION lock_day;"),
        migrations.RunSQL(FACTS, "DROP FUNCTION gate_facts;"),
        migrations.RunSQL(WRITE, "DROP FUNCTION gate_write;"),
    ]
