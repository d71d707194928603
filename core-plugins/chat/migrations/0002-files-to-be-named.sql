-- Files that no message names yet: they were uploaded, for a message or by an import, and wait for it.
create table upload (
  file text primary key,
  -- ms since 1970.
  at integer not null
) strict;

create trigger upload_named after insert on message when new.extra like '%"attachments"%' begin
  delete from upload where file in (select value ->> 'id' from json_each(new.extra, '$.attachments'));
end;
