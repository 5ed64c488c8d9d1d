"""Stops of tours: their calendars, what stays vague, and their rows in the public view."""

from importlib import import_module

from django.db import migrations

WITHOUT_STOPS = import_module("geo.migrations.0002_functions_and_resource_view").RESOURCE

# What a calendar shows has changed: the entry must replace the one that people have (RFC 5545).
SEQUENCE = """
CREATE FUNCTION geo_count_stop_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.starts_at, NEW.ends_at, NEW.location_id, NEW.status, NEW.message)
       IS DISTINCT FROM
       (OLD.starts_at, OLD.ends_at, OLD.location_id, OLD.status, OLD.message) THEN
        NEW.sequence := OLD.sequence + 1;
        NEW.changed_at := now();
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER mobilestop_sequence BEFORE UPDATE ON geo_mobilestop
FOR EACH ROW EXECUTE FUNCTION geo_count_stop_change();
"""

VAGUE_STOPS = """
CREATE FUNCTION geo_refuse_exact_vague_stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1
        FROM geo_mobilestop AS stop
        JOIN geo_location AS location ON location.id = stop.location_id
        WHERE stop.public_precision = 'locality' AND location.address_visibility = 'full'
    ) THEN
        RAISE EXCEPTION 'The public may know no more than the municipality of this stop: choose a '
            'location of which only that may be known.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mobilestop_vague_place_is_vague';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER mobilestop_vague_place_is_vague
AFTER INSERT OR UPDATE OF public_precision, location_id ON geo_mobilestop
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_refuse_exact_vague_stop();
CREATE CONSTRAINT TRIGGER mobilestop_vague_place_is_vague
AFTER UPDATE OF address_visibility ON geo_location
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_refuse_exact_vague_stop();
"""

# Hours of one place belong to the service that is given there.
HOURS_OF_PLACES = """
CREATE FUNCTION geo_refuse_hours_of_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.service_at_location_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM geo_serviceatlocation
        WHERE id = NEW.service_at_location_id AND service_id = NEW.service_id
    ) THEN
        RAISE EXCEPTION 'These hours are of a place where another service is given.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_of_the_same_service';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER schedule_of_the_same_service BEFORE INSERT OR UPDATE ON geo_schedule
FOR EACH ROW EXECUTE FUNCTION geo_refuse_hours_of_another();
CREATE TRIGGER scheduleexception_of_the_same_service
BEFORE INSERT OR UPDATE ON geo_scheduleexception
FOR EACH ROW EXECUTE FUNCTION geo_refuse_hours_of_another();
"""

# The next stop of each tour at each place; what is past, cancelled, moved or done is no offer.
STOPS = """
UNION ALL
(SELECT DISTINCT ON (stop.tour_id, stop.location_id)
       stop.id,
       service.id,
       service.organization_id,
       location.id,
       location.region_id,
       location.point,
       false,
       stop.id
FROM geo_mobilestop AS stop
JOIN geo_mobiletour AS tour ON tour.id = stop.tour_id
JOIN public_service AS service ON service.id = tour.service_id
JOIN geo_location AS location ON location.id = stop.location_id
WHERE stop.status IN ('planned', 'confirmed')
  AND stop.announce_to = 'public'
  AND stop.ends_at > now()
  AND location.point IS NOT NULL
ORDER BY stop.tour_id, stop.location_id, stop.starts_at, stop.id);
"""

WITH_STOPS = (
    WITHOUT_STOPS.replace("false AS is_remote", "false AS is_remote,\n       NULL::uuid AS stop_id")
    .replace("       true\nFROM", "       true,\n       NULL::uuid\nFROM")
    .rstrip()
    .removesuffix(";")
    + STOPS
)


class Migration(migrations.Migration):
    """Triggers of stops and hours, and the view with stops."""

    dependencies = [("geo", "0003_hours_tours_alerts_feedback")]

    operations = [
        migrations.RunSQL(
            SEQUENCE,
            "DROP TRIGGER mobilestop_sequence ON geo_mobilestop;"
            "DROP FUNCTION geo_count_stop_change();",
        ),
        migrations.RunSQL(
            VAGUE_STOPS,
            "DROP TRIGGER mobilestop_vague_place_is_vague ON geo_mobilestop;"
            "DROP TRIGGER mobilestop_vague_place_is_vague ON geo_location;"
            "DROP FUNCTION geo_refuse_exact_vague_stop();",
        ),
        migrations.RunSQL(
            HOURS_OF_PLACES,
            "DROP TRIGGER schedule_of_the_same_service ON geo_schedule;"
            "DROP TRIGGER scheduleexception_of_the_same_service ON geo_scheduleexception;"
            "DROP FUNCTION geo_refuse_hours_of_another();",
        ),
        migrations.RunSQL(
            "DROP VIEW geo_resource;" + WITH_STOPS, "DROP VIEW geo_resource;" + WITHOUT_STOPS
        ),
    ]
