"""What the database itself keeps true: folded text, regions, secret places, the public view."""

from django.db import migrations

FOLD = """
CREATE FUNCTION geo_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    -- Names a schema and a dictionary so that it may honestly be called immutable.
    SELECT trim(regexp_replace(regexp_replace(regexp_replace(
        lower(public.unaccent('public.unaccent', value)),
        '[^[:alnum:]]+', ' ', 'g'), '\\mst\\M', 'saint', 'g'), '\\mste\\M', 'sainte', 'g'))
$$;
"""

TEXTS = """
CREATE FUNCTION geo_texts(content jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(wording.value ->> 'text', ' ' ORDER BY wording.key)
    FROM jsonb_each(content) AS wording
$$;
"""

# The distance is measured on outlines cut every 0.1 degree: an edge of the geography between two
# far corners of a parallel would run kilometres north of it.
REGION_AT = """
CREATE FUNCTION geo_region_at(place geography) RETURNS uuid
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(
        (SELECT id FROM geo_adminarea
         WHERE level = 'region' AND ST_Covers(outline, place::geometry)
         ORDER BY code LIMIT 1),
        (SELECT id FROM geo_adminarea
         WHERE level = 'region' AND outline && ST_Expand(place::geometry, 1)
           AND ST_DWithin(ST_Segmentize(outline, 0.1)::geography, place, 30000)
         ORDER BY ST_Distance(ST_Segmentize(outline, 0.1)::geography, place), code LIMIT 1)
    )
$$;
"""

LOCATION_REGION = """
CREATE FUNCTION geo_set_location_region() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A secret place has the position of its municipality and no name, whatever was drawn or typed.
    IF NEW.address_visibility = 'partial' THEN
        NEW.name := '';
        NEW.locality := '';
        SELECT point INTO NEW.point FROM geo_adminarea WHERE id = NEW.municipality_id;
        IF NEW.point IS NULL THEN
            RAISE EXCEPTION 'A place of which the municipality only may be known needs a '
                'municipality with a known position.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'location_secret_has_municipality';
        END IF;
    END IF;
    NEW.region_id := geo_region_at(NEW.point);
    RETURN NEW;
END $$;

CREATE TRIGGER location_region BEFORE INSERT OR UPDATE ON geo_location
FOR EACH ROW EXECUTE FUNCTION geo_set_location_region();
"""

SECRET_PLACES = """
CREATE FUNCTION geo_refuse_pinned_shelter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1
        FROM geo_serviceatlocation AS given
        JOIN geo_service AS service ON service.id = given.service_id
        JOIN geo_location AS location ON location.id = given.location_id
        WHERE service.is_shelter AND location.address_visibility = 'full'
    ) THEN
        RAISE EXCEPTION 'A shelter is never shown finer than its municipality: '
            'set what may be known of its location to "The municipality only".'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shelter_place_is_secret';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER shelter_place_is_secret AFTER INSERT OR UPDATE ON geo_serviceatlocation
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_refuse_pinned_shelter();
CREATE CONSTRAINT TRIGGER shelter_place_is_secret AFTER UPDATE OF is_shelter ON geo_service
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_refuse_pinned_shelter();
CREATE CONSTRAINT TRIGGER shelter_place_is_secret AFTER UPDATE OF address_visibility ON geo_location
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_refuse_pinned_shelter();
"""

RESOURCE = """
CREATE VIEW geo_resource AS
WITH public_service AS (
    SELECT service.id, service.organization_id
    FROM geo_service AS service
    JOIN geo_organization AS organization ON organization.id = service.organization_id
    WHERE service.status = 'active'
      AND service.review_status = 'accepted'
      AND organization.is_public
      AND organization.verified_status <> 'suspended'
)
SELECT given.id,
       service.id AS service_id,
       service.organization_id,
       location.id AS location_id,
       location.region_id,
       location.point,
       false AS is_remote
FROM geo_serviceatlocation AS given
JOIN public_service AS service ON service.id = given.service_id
JOIN geo_location AS location ON location.id = given.location_id
WHERE location.point IS NOT NULL
UNION ALL
SELECT service.id,
       service.id,
       service.organization_id,
       NULL::uuid,
       NULL::uuid,
       NULL::geography(Point, 4326),
       true
FROM public_service AS service
WHERE EXISTS (SELECT 1 FROM geo_servicearea AS covers WHERE covers.service_id = service.id);
"""

NAMES = """
CREATE INDEX adminarea_folded_name ON geo_adminarea
USING gin (geo_fold(name::text) gin_trgm_ops);
"""


class Migration(migrations.Migration):
    """Functions, triggers and the view `geo_resource`."""

    dependencies = [("geo", "0001_initial")]

    operations = [
        migrations.RunSQL(FOLD, "DROP FUNCTION geo_fold(text);"),
        migrations.RunSQL(TEXTS, "DROP FUNCTION geo_texts(jsonb);"),
        migrations.RunSQL(REGION_AT, "DROP FUNCTION geo_region_at(geography);"),
        migrations.RunSQL(
            LOCATION_REGION,
            "DROP TRIGGER location_region ON geo_location;DROP FUNCTION geo_set_location_region();",
        ),
        migrations.RunSQL(
            SECRET_PLACES,
            "DROP TRIGGER shelter_place_is_secret ON geo_serviceatlocation;"
            "DROP TRIGGER shelter_place_is_secret ON geo_service;"
            "DROP TRIGGER shelter_place_is_secret ON geo_location;"
            "DROP FUNCTION geo_refuse_pinned_shelter();",
        ),
        migrations.RunSQL(RESOURCE, "DROP VIEW geo_resource;"),
        migrations.RunSQL(NAMES, "DROP INDEX adminarea_folded_name;"),
    ]
