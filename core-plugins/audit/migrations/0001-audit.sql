-- A record as it was hashed; what is searched by is read from it, so that neither can say something else.
create table record (
  number integer primary key,
  body text not null,
  hash text not null,
  time text generated always as (json_extract(body, '$.time')) virtual,
  kind text generated always as (json_extract(body, '$.kind')) virtual,
  plugin text generated always as (json_extract(body, '$.plugin')) virtual
);

create index record_time on record (time);
create index record_plugin on record (plugin, number);

create table checkpoint (
  number integer primary key,
  hash text not null,
  time text not null,
  signature text not null
) strict;

-- At most one: the records up to it were removed for their age.
create table cut (
  number integer primary key,
  hash text not null,
  time text not null,
  signature text not null
) strict;

-- How far the kernel's trail was read.
create table reading (
  id integer primary key check (id = 1),
  run integer not null,
  entry integer not null
) strict;
