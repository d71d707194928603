create table entry (
  id integer primary key autoincrement,
  time integer not null,
  plugin text not null,
  host text not null,
  port integer not null,
  address text,
  reach text not null,
  method text not null,
  outcome text not null,
  status integer,
  error text,
  bytes_out integer not null default 0,
  bytes_in integer not null default 0,
  duration_ms integer not null default 0
) strict;

create index entry_plugin on entry (plugin, id);
create index entry_time on entry (time);
create index entry_open on entry (outcome) where outcome = 'open';

-- Counts outlive the entries, so that what is no longer listed is not forgotten.
create table tally (
  plugin text primary key,
  connections integer not null default 0,
  gone integer not null default 0,
  refused integer not null default 0,
  bytes_out integer not null default 0,
  bytes_in integer not null default 0,
  last integer not null
) strict;

create table beginning (time integer not null) strict;
