"""The history of the directory, and runs of coverage that nobody changes."""

from django.db import migrations

# What coverage is computed from. Areas and needs are reference data and have no history.
TABLES = (
    "geo_organization",
    "geo_service",
    "geo_serviceneed",
    "geo_location",
    "geo_serviceatlocation",
    "geo_servicearea",
    "geo_servicelanguage",
    "geo_phone",
    "geo_schedule",
    "geo_program",
    "geo_mobiletour",
    "geo_mobilestop",
    "geo_mobilestop_topics",
)

# Rows are stamped with the time of the transaction, so that what was written together is known
# together. Within one transaction, and where another one that began later was faster, the row that
# is current is written over: it was never seen by anybody at another moment.
KEEP = """
CREATE FUNCTION geo_keep_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO geo_historyrow (table_name, row_id, row, recorded_from)
    SELECT TG_TABLE_NAME, new_rows.id::text, to_jsonb(new_rows), now() FROM new_rows;
    RETURN NULL;
END $$;

CREATE FUNCTION geo_keep_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE geo_historyrow AS kept SET row = to_jsonb(new_rows)
    FROM new_rows
    WHERE kept.table_name = TG_TABLE_NAME AND kept.row_id = new_rows.id::text
      AND kept.recorded_to IS NULL AND kept.recorded_from >= now();
    WITH closed AS (
        UPDATE geo_historyrow AS kept SET recorded_to = now()
        FROM new_rows
        WHERE kept.table_name = TG_TABLE_NAME AND kept.row_id = new_rows.id::text
          AND kept.recorded_to IS NULL AND kept.recorded_from < now()
          AND kept.row IS DISTINCT FROM to_jsonb(new_rows)
        RETURNING kept.row_id, to_jsonb(new_rows) AS row
    )
    INSERT INTO geo_historyrow (table_name, row_id, row, recorded_from)
    SELECT TG_TABLE_NAME, row_id, row, now() FROM closed;
    RETURN NULL;
END $$;

CREATE FUNCTION geo_keep_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM geo_historyrow AS kept USING old_rows
    WHERE kept.table_name = TG_TABLE_NAME AND kept.row_id = old_rows.id::text
      AND kept.recorded_to IS NULL AND kept.recorded_from >= now();
    UPDATE geo_historyrow AS kept SET recorded_to = now()
    FROM old_rows
    WHERE kept.table_name = TG_TABLE_NAME AND kept.row_id = old_rows.id::text
      AND kept.recorded_to IS NULL;
    RETURN NULL;
END $$;
"""

WATCH = """
CREATE TRIGGER {table}_keep_new AFTER INSERT ON {table}
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION geo_keep_new();
CREATE TRIGGER {table}_keep_changed AFTER UPDATE ON {table}
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION geo_keep_changed();
CREATE TRIGGER {table}_keep_gone AFTER DELETE ON {table}
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION geo_keep_gone();
INSERT INTO geo_historyrow (table_name, row_id, row, recorded_from)
SELECT '{table}', kept.id::text, to_jsonb(kept), now() FROM {table} AS kept;
"""

UNWATCH = """
DROP TRIGGER {table}_keep_new ON {table};
DROP TRIGGER {table}_keep_changed ON {table};
DROP TRIGGER {table}_keep_gone ON {table};
"""

# A row of a table as it was known at a moment; each column of today that it lacked is null.
KNOWN = """
CREATE FUNCTION geo_known(kept_table text, moment timestamptz) RETURNS SETOF jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT row FROM geo_historyrow
    WHERE table_name = kept_table AND recorded_from <= moment
      AND (recorded_to IS NULL OR recorded_to > moment)
$$;
"""

APPEND_ONLY = """
CREATE FUNCTION geo_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A run of coverage is never changed nor deleted: compute another one.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'coverage_run_is_final';
END $$;

CREATE TRIGGER coveragerun_is_final BEFORE UPDATE OR DELETE ON geo_coveragerun
FOR EACH ROW EXECUTE FUNCTION geo_refuse_change();
CREATE TRIGGER coveragearea_is_final BEFORE UPDATE OR DELETE ON geo_coveragearea
FOR EACH ROW EXECUTE FUNCTION geo_refuse_change();
CREATE TRIGGER coverageservice_is_final BEFORE UPDATE OR DELETE ON geo_coverageservice
FOR EACH ROW EXECUTE FUNCTION geo_refuse_change();
CREATE TRIGGER coveragecell_is_final BEFORE UPDATE OR DELETE ON geo_coveragecell
FOR EACH ROW EXECUTE FUNCTION geo_refuse_change();
"""


class Migration(migrations.Migration):
    """Triggers that keep the history, and triggers that keep runs as they are."""

    dependencies = [("geo", "0007_coverage")]

    operations = [
        migrations.RunSQL(
            KEEP,
            "DROP FUNCTION geo_keep_new();"
            "DROP FUNCTION geo_keep_changed();"
            "DROP FUNCTION geo_keep_gone();",
        ),
        *(
            migrations.RunSQL(
                WATCH.format(table=table),
                UNWATCH.format(table=table) + f"DELETE FROM geo_historyrow "
                f"WHERE table_name = '{table}';",
            )
            for table in TABLES
        ),
        migrations.RunSQL(KNOWN, "DROP FUNCTION geo_known(text, timestamptz);"),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER coveragerun_is_final ON geo_coveragerun;"
            "DROP TRIGGER coveragearea_is_final ON geo_coveragearea;"
            "DROP TRIGGER coverageservice_is_final ON geo_coverageservice;"
            "DROP TRIGGER coveragecell_is_final ON geo_coveragecell;"
            "DROP FUNCTION geo_refuse_change();",
        ),
    ]
