# Run once by the Postgres image, on an empty volume, as the superuser, whom nothing of Onrecord gets. It makes the owner, who is no
# superuser, and as the owner a login for each service: so the owner may give them their rights, and new passwords.
export SECRETS="${SECRETS:-/run/secrets}"
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
\set owner `cat "$SECRETS/database_owner"`
\set identity `cat "$SECRETS/identity"`
\set permissions `cat "$SECRETS/permissions"`
\set documents `cat "$SECRETS/documents"`
\set audit `cat "$SECRETS/audit"`
\set collab `cat "$SECRETS/collab"`
\set gateway `cat "$SECRETS/gateway"`
create role onrecord_owner login createrole password :'owner';
create database onrecord owner onrecord_owner;
revoke connect on database onrecord from public;
set role onrecord_owner;
create role onrecord_identity login password :'identity';
create role onrecord_permissions login password :'permissions';
create role onrecord_documents login password :'documents';
create role onrecord_audit login password :'audit';
create role onrecord_collab login password :'collab';
create role onrecord_gateway login password :'gateway';
grant connect on database onrecord to onrecord_identity, onrecord_permissions, onrecord_documents, onrecord_audit, onrecord_collab,
  onrecord_gateway;
SQL
