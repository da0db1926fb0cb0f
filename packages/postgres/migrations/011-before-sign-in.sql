-- The rule for bursts of refused sign-ins looks at minutes of them, whatever else is denied meanwhile.
create index entry_session_refused on audit.entry (id) where action = 'session.refused';
-- And whether it has spoken of them already.
create index alert_of_rule on audit.alert (rule, at desc);

-- From where somebody has signed in before: a network or a device, as SHA-256 over the user's id and it. Whoever guesses at an account
-- from elsewhere uses up the guesses from elsewhere, and not those from here.
create table identity.familiar_place (
  user_id uuid not null references identity.user,
  place bytea not null check (octet_length(place) = 32),
  last_at timestamptz not null default clock_timestamp(),
  primary key (user_id, place)
);

grant select, insert, update, delete on identity.familiar_place to onrecord_app;
