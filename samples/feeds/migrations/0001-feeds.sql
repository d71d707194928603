create table feed (
  number integer primary key,
  url text not null unique,
  title text not null,
  -- What the server said of its last answer, to be asked whether it changed.
  etag text,
  modified text,
  -- RFC 3339, UTC: when it last answered with a feed.
  seen_at text
) strict;

create table seen (
  feed integer not null references feed (number) on delete cascade,
  entry text not null,
  -- RFC 3339, UTC: when it was last in the feed.
  at text not null,
  primary key (feed, entry)
) strict, without rowid;
