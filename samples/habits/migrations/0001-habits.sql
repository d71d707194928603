create table habit (
  name text primary key,
  -- Without case, so that Run and run are one.
  folded text not null unique,
  begun_on text not null
) strict;

create table done (
  habit text not null references habit (name) on delete cascade,
  -- Where the user is, YYYY-MM-DD.
  day text not null,
  primary key (habit, day)
) strict, without rowid;
