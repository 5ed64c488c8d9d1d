"""Full text of services in three languages, kept true by the database itself."""

import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# Lexemes without accents, so that a question typed without them finds as much. The English stemmer
# is Porter's own, of which the phone has an exact twin. Small words are dropped before they are
# stemmed; the stemmers themselves keep them, since the words of needs may hold nothing else.
LANGUAGES = {"fr": ("french", "french"), "en": ("english", "porter"), "es": ("spanish", "spanish")}

CONFIGURATION = """
CREATE TEXT SEARCH DICTIONARY repere_{code}_small (
    TEMPLATE = pg_catalog.simple, STOPWORDS = {stop}, ACCEPT = false
);
CREATE TEXT SEARCH DICTIONARY repere_{code}_stem (
    TEMPLATE = pg_catalog.snowball, LANGUAGE = {stemmer}
);
CREATE TEXT SEARCH CONFIGURATION repere_{code} (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION repere_{code}
    ALTER MAPPING FOR asciiword, word, hword, hword_part, asciihword, hword_asciipart
    WITH repere_{code}_small, unaccent, repere_{code}_small, repere_{code}_stem;
"""

NO_CONFIGURATION = """
DROP TEXT SEARCH CONFIGURATION repere_{code};
DROP TEXT SEARCH DICTIONARY repere_{code}_stem;
DROP TEXT SEARCH DICTIONARY repere_{code}_small;
"""

TABLE = """
CREATE TABLE geo_servicetext (
    service_id uuid PRIMARY KEY REFERENCES geo_service (id) ON DELETE CASCADE,
    names text NOT NULL,
    names_fr tsvector NOT NULL,
    names_en tsvector NOT NULL,
    names_es tsvector NOT NULL,
    all_fr tsvector NOT NULL,
    all_en tsvector NOT NULL,
    all_es tsvector NOT NULL
);
CREATE INDEX servicetext_names ON geo_servicetext USING gin (names gin_trgm_ops);
CREATE INDEX servicetext_names_fr ON geo_servicetext USING gin (names_fr);
CREATE INDEX servicetext_names_en ON geo_servicetext USING gin (names_en);
CREATE INDEX servicetext_names_es ON geo_servicetext USING gin (names_es);
CREATE INDEX servicetext_all_fr ON geo_servicetext USING gin (all_fr);
CREATE INDEX servicetext_all_en ON geo_servicetext USING gin (all_en);
CREATE INDEX servicetext_all_es ON geo_servicetext USING gin (all_es);
"""

# The phone has each word once too: what it finds must be what we find.
ONCE = """
CREATE FUNCTION geo_words_once(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(word, ' ' ORDER BY first), '')
    FROM (
        SELECT word, min(place) AS first
        FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS each(word, place)
        GROUP BY word
    ) AS once
$$;
"""

# Texts are folded first: a parser would keep "l'abri" and "Saint-Jean" in one piece.
WRITE = """
CREATE FUNCTION geo_write_service_texts(services uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO geo_servicetext
    SELECT id, names,
           to_tsvector('repere_fr', names), to_tsvector('repere_en', names),
           to_tsvector('repere_es', names),
           to_tsvector('repere_fr', everything), to_tsvector('repere_en', everything),
           to_tsvector('repere_es', everything)
    FROM (
        SELECT id, names, concat_ws(' ', names, description)
        FROM (
            SELECT service.id,
                   geo_words_once(geo_fold(
                       concat_ws(' ', geo_texts(service.name), geo_texts(organization.name),
                                 organization.alternate_name)
                   )),
                   geo_fold(geo_texts(service.description))
            FROM geo_service AS service
            JOIN geo_organization AS organization ON organization.id = service.organization_id
            WHERE service.id = ANY (services)
        ) AS folded(id, names, description)
    ) AS text(id, names, everything)
    ON CONFLICT (service_id) DO UPDATE
    SET names = excluded.names,
        names_fr = excluded.names_fr, names_en = excluded.names_en, names_es = excluded.names_es,
        all_fr = excluded.all_fr, all_en = excluded.all_en, all_es = excluded.all_es
$$;

CREATE FUNCTION geo_service_texts_of_service() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM geo_write_service_texts(ARRAY[NEW.id]);
    RETURN NULL;
END $$;

CREATE FUNCTION geo_service_texts_of_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM geo_write_service_texts(
        ARRAY(SELECT id FROM geo_service WHERE organization_id = NEW.id)
    );
    RETURN NULL;
END $$;

CREATE TRIGGER service_texts AFTER INSERT OR UPDATE OF name, description, organization_id
ON geo_service FOR EACH ROW EXECUTE FUNCTION geo_service_texts_of_service();
CREATE TRIGGER service_texts AFTER UPDATE OF name, alternate_name
ON geo_organization FOR EACH ROW EXECUTE FUNCTION geo_service_texts_of_organization();
"""

NO_WRITE = """
DROP TRIGGER service_texts ON geo_organization;
DROP TRIGGER service_texts ON geo_service;
DROP FUNCTION geo_service_texts_of_organization();
DROP FUNCTION geo_service_texts_of_service();
DROP FUNCTION geo_write_service_texts(uuid[]);
"""

FILL = "SELECT geo_write_service_texts(ARRAY(SELECT id FROM geo_service));"

VECTORS = [f"{kind}_{code}" for kind in ("names", "all") for code in LANGUAGES]


class Migration(migrations.Migration):
    """Dictionaries, the texts of services, and what keeps them true."""

    dependencies = [("geo", "0004_stops_in_the_public_view")]

    operations = [
        *(
            migrations.RunSQL(
                CONFIGURATION.format(code=code, stop=stop, stemmer=stemmer),
                NO_CONFIGURATION.format(code=code),
            )
            for code, (stop, stemmer) in LANGUAGES.items()
        ),
        migrations.RunSQL(TABLE, "DROP TABLE geo_servicetext;"),
        migrations.RunSQL(ONCE, "DROP FUNCTION geo_words_once(text);"),
        migrations.RunSQL(WRITE, NO_WRITE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True),
        migrations.CreateModel(
            name="ServiceText",
            fields=[
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="geo.service",
                    ),
                ),
                ("names", models.TextField()),
                *((name, django.contrib.postgres.search.SearchVectorField()) for name in VECTORS),
            ],
            options={
                "db_table": "geo_servicetext",
                "ordering": ["service"],
                "managed": False,
            },
        ),
    ]
