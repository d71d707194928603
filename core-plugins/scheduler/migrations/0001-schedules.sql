create table schedule (
  plugin text not null,
  name text not null,
  -- JSON: at, everySeconds, or cron with timeZone.
  timing text not null,
  catch_up text not null,
  -- JSON, or null where the plugin gave none.
  data text,
  -- ms since 1970: when it was set, is due, was due last.
  set_at integer not null,
  next_at integer not null,
  last_at integer,
  primary key (plugin, name)
) strict;
