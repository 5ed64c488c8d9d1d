#!/usr/bin/env bash
# Run once by the database's container, on an empty volume: the same role, database and
# extensions as config/cluster.py makes. Needs POSTGRES_USER and DATABASE_PASSWORD.
set -euo pipefail

run_in() {
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set password="$DATABASE_PASSWORD" \
        --username "$POSTGRES_USER" --dbname "$1"
}

# Databases made later, for tests too, are copies of template1.
run_in template1 <<'SQL'
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;
SQL

run_in postgres <<'SQL'
CREATE ROLE repere LOGIN NOSUPERUSER CREATEDB PASSWORD :'password';
ALTER ROLE repere SET max_parallel_workers_per_gather = 0;
CREATE DATABASE repere OWNER repere;
SQL
