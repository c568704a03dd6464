#!/usr/bin/env bash
# Run once by the image of PostgreSQL, on an empty volume: for each service a database, and a role that owns it and
# can enter no other.
set -euo pipefail
password=$(cat "$POSTGRES_PASSWORD_FILE")
grep -v '^#' /services.tsv | cut -f 1 | while read -r name; do
  psql --quiet --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 --set name="$name" --set password="$password" << 'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
