"""Notes are left by one statement, and by whoever writes other rows in the same one."""

from django.db import migrations

LEAVE = """
CREATE FUNCTION leave_notes(p_notes jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  left_now bigint;
BEGIN
  WITH told AS (
    SELECT nextval('notices_notice_id_seq') AS id, note FROM jsonb_array_elements(p_notes) note
  ), kept AS (
    INSERT INTO notices_notice (id, to_id, kind, title, body, link, school_id, created_at)
    SELECT id, (note ->> 0)::bigint, note ->> 1, note ->> 2, note ->> 3, note ->> 4, (note ->> 5)::bigint,
           (note ->> 6)::timestamptz
    FROM told
    RETURNING id
  ), carried AS (
    INSERT INTO notices_delivery (notice_id, channel, address, words, state, attempts, try_after, error)
    SELECT id, way ->> 0, way ->> 1, '', 'waiting', 0, (note ->> 6)::timestamptz, ''
    FROM told, jsonb_array_elements(note -> 7) way
  )
  SELECT count(*) INTO left_now FROM kept;
  RETURN left_now;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [migrations.RunSQL(LEAVE, "DROP FUNCTION leave_notes(jsonb);")]
