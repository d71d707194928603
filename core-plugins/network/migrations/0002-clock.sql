-- What was seen of the machine's clock, as JSON: one that jumped ahead drops nothing.
create table seen_clock (
  id integer primary key check (id = 1),
  seen text not null
) strict;
