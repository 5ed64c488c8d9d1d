"""What stops and alerts must never be: doubtful in public, twice in a calendar, moved nowhere."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import geo.models.fields
import geo.moments

# Who may know of a stop counts too: one that is announced again must replace what people have.
SEQUENCE = """
CREATE OR REPLACE FUNCTION geo_count_stop_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.starts_at, NEW.ends_at, NEW.location_id, NEW.status, NEW.message, NEW.announce_to)
       IS DISTINCT FROM
       (OLD.starts_at, OLD.ends_at, OLD.location_id, OLD.status, OLD.message, OLD.announce_to)
    THEN
        NEW.sequence := OLD.sequence + 1;
        NEW.changed_at := now();
    END IF;
    RETURN NEW;
END $$;
"""
SEQUENCE_BEFORE = SEQUENCE.replace(", NEW.announce_to", "").replace(", OLD.announce_to", "")

MOVED = """
CREATE FUNCTION geo_check_moved_stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1
        FROM geo_mobilestop AS stop
        LEFT JOIN geo_mobilestop AS successor ON successor.replaces_id = stop.id
        WHERE stop.id IN (NEW.id, NEW.replaces_id)
          AND ((stop.status = 'moved') <> (successor.id IS NOT NULL)
               OR successor.tour_id <> stop.tour_id
               OR successor.calendar_uid <> stop.calendar_uid)
    ) THEN
        RAISE EXCEPTION 'A stop is moved when another one of its tour takes its place, and only then.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mobilestop_moved_has_a_successor';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER mobilestop_moved_has_a_successor
AFTER INSERT OR UPDATE OF status, replaces_id, tour_id, calendar_uid ON geo_mobilestop
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_check_moved_stop();
"""

# As the places of shelters (migration 0002): nothing finer than the municipality.
SHELTERS = """
CREATE FUNCTION geo_refuse_exact_shelter_stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1
        FROM geo_mobilestop AS stop
        JOIN geo_mobiletour AS tour ON tour.id = stop.tour_id
        JOIN geo_service AS service ON service.id = tour.service_id
        JOIN geo_location AS location ON location.id = stop.location_id
        WHERE service.is_shelter AND location.address_visibility = 'full'
    ) THEN
        RAISE EXCEPTION 'A shelter is never shown finer than its municipality: '
            'set what may be known of its location to "The municipality only".'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shelter_stop_is_secret';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER shelter_stop_is_secret
AFTER INSERT OR UPDATE OF location_id, tour_id ON geo_mobilestop
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_refuse_exact_shelter_stop();
CREATE CONSTRAINT TRIGGER shelter_stop_is_secret AFTER UPDATE OF service_id ON geo_mobiletour
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_refuse_exact_shelter_stop();
CREATE CONSTRAINT TRIGGER shelter_stop_is_secret AFTER UPDATE OF is_shelter ON geo_service
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_refuse_exact_shelter_stop();
CREATE CONSTRAINT TRIGGER shelter_stop_is_secret AFTER UPDATE OF address_visibility ON geo_location
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_refuse_exact_shelter_stop();
"""

# What is given on tour only has no fixed place to go to: its office is no pin.
BEFORE = import_module("geo.migrations.0004_stops_in_the_public_view").WITH_STOPS
RESOURCE = BEFORE.replace(
    "SELECT service.id, service.organization_id\n",
    "SELECT service.id,\n"
    "           service.organization_id,\n"
    "           service.delivery_modes = '{itinerant}' AS is_only_itinerant\n",
).replace(
    "WHERE location.point IS NOT NULL\n",
    "WHERE location.point IS NOT NULL AND NOT service.is_only_itinerant\n",
    1,
)


class Migration(migrations.Migration):
    """Constraints, and the triggers of stops."""

    dependencies = [("geo", "0005_search")]

    operations = [
        migrations.AlterField(
            model_name="location",
            name="timezone",
            field=models.CharField(
                default="America/Toronto",
                help_text="America/Halifax in the Îles-de-la-Madeleine.",
                max_length=40,
                validators=[geo.moments.validate_timezone],
                verbose_name="time zone",
            ),
        ),
        migrations.AlterField(
            model_name="mobilestop",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="replaced_by",
                to="geo.mobilestop",
                verbose_name="takes the place of",
            ),
        ),
        migrations.AlterField(
            model_name="mobiletour",
            name="name",
            field=geo.models.fields.TranslatedField(
                default=dict,
                help_text="It is read in people's calendars: a neutral name, an employer may look.",
                verbose_name="name",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("confidence", "C"), _negated=True),
                name="alert_is_not_doubtful",
                violation_error_message=("A doubtful alert cannot be published: verify it first."),
            ),
        ),
        migrations.AddConstraint(
            model_name="mobilestop",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "moved"), _negated=True),
                fields=("calendar_uid",),
                name="mobilestop_calendar_entry_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="mobilestop",
            constraint=models.CheckConstraint(
                condition=models.Q(("announce_to", "public"), ("confidence", "C"), _negated=True),
                name="mobilestop_doubtful_is_not_public",
                violation_error_message=(
                    "A doubtful stop cannot be announced to everybody: verify it first."
                ),
            ),
        ),
        migrations.RunSQL(SEQUENCE, SEQUENCE_BEFORE),
        migrations.RunSQL(
            MOVED,
            "DROP TRIGGER mobilestop_moved_has_a_successor ON geo_mobilestop;"
            "DROP FUNCTION geo_check_moved_stop();",
        ),
        migrations.RunSQL(
            SHELTERS,
            "DROP TRIGGER shelter_stop_is_secret ON geo_mobilestop;"
            "DROP TRIGGER shelter_stop_is_secret ON geo_mobiletour;"
            "DROP TRIGGER shelter_stop_is_secret ON geo_service;"
            "DROP TRIGGER shelter_stop_is_secret ON geo_location;"
            "DROP FUNCTION geo_refuse_exact_shelter_stop();",
        ),
        migrations.RunSQL("DROP VIEW geo_resource;" + RESOURCE, "DROP VIEW geo_resource;" + BEFORE),
    ]
