-- A download link that ran out unused is on the record, once, whichever node notices; until then its ticket stays.
alter table documents.download_ticket add column lapsed_at timestamptz;

create index download_ticket_open on documents.download_ticket (expires_at)
  where used_at is null and lapsed_at is null;

grant update (lapsed_at) on documents.download_ticket to onrecord_app;
