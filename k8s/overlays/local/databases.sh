#!/usr/bin/env bash
# Run once by the image of PostgreSQL, in an empty data folder: a role and a database of its own for each file with a
# password in PASSWORDS, which has the service's name. The image's own user has a file there as well.
set -euo pipefail
for file in "${PASSWORDS:-/run/secrets/postgres}"/*; do
  name=${file##*/}
  [ "$name" != "${POSTGRES_USER:-postgres}" ] || continue
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set name="$name" --set word="$(cat "$file")" << 'SQL'
SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', :'name', :'word') \gexec
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
