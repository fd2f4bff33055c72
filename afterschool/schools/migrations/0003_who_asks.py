"""One question at every door: whose session is it, and what do they hold today?

PostgreSQL keeps its plan with the connection; left to itself it would plan anew for each request. A plan made while the
tables are small goes by their keys all the same.
"""

from django.db import migrations

HELD = """
CREATE FUNCTION held_by(p_person bigint, p_day date)
RETURNS TABLE (role text, bureau_id bigint, school_id bigint, school_class_id bigint, student_id bigint)
LANGUAGE sql STABLE AS $$
  SELECT post.role, post.bureau_id, post.school_id, post.school_class_id, NULL::bigint FROM schools_post post
  WHERE post.person_id = p_person AND post.began_on <= p_day AND (post.ended_on IS NULL OR post.ended_on >= p_day)
  UNION ALL
  SELECT NULL, NULL, NULL, NULL, tie.student_id
  FROM schools_guardianship tie JOIN schools_student child ON child.id = tie.student_id
  WHERE tie.person_id = p_person AND tie.began_on <= p_day AND (tie.ended_on IS NULL OR tie.ended_on >= p_day)
    AND child.left_on IS NULL
$$;
"""
ASKS = """
CREATE FUNCTION who_asks(p_key text, p_now timestamptz, p_day date)
RETURNS TABLE (
  told text, held json, id bigint, password text, last_login timestamptz, phone text, name text, email text,
  is_active boolean, created_at timestamptz
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT
    s.session_data,
    (SELECT coalesce(json_agg(json_build_array(role, bureau_id, school_id, school_class_id, student_id)), '[]')
     FROM held_by(s.person_id, p_day)),
    p.id, p.password::text, p.last_login, p.phone::text, p.name::text, p.email::text, p.is_active, p.created_at
  FROM (SELECT * FROM access_session WHERE session_key = p_key OFFSET 0) s
  LEFT JOIN access_person p ON p.id = s.person_id
  WHERE s.expire_date > p_now;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("schools", "0002_adopted_is_ink"), ("access", "0001_initial")]
    operations = [
        migrations.RunSQL(HELD, "DROP FUNCTION held_by(bigint, date);"),
        migrations.RunSQL(ASKS, "DROP FUNCTION who_asks(text, timestamptz, date);"),
    ]
