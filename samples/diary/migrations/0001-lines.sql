create table line (
  -- The user's day, such as 2026-11-23: one line each.
  day text primary key,
  text text not null,
  -- The text in lower case, because SQLite folds ASCII only.
  folded text not null,
  written_at text not null
) strict;
