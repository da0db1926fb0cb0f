-- Whose structs of a Yjs clientID are, from a clock on, until its next row: the user's who proved to write with it, or, where user_id is
-- null, nobody's who could be proven: somebody carried them for somebody else. Its first row with a user binds a clientID for good:
-- every later row with a user has the same.
alter table documents.client drop constraint client_pkey;
alter table documents.client add column clock bigint not null default 0;
alter table documents.client alter column user_id drop not null;
alter table documents.client add primary key (document_id, client_id, clock);

-- Sent in an answer to a sync: a client answers with every delete it knows of, so these cannot be proven to be the carrier's own.
alter table documents.change add column relayed boolean not null default false;
