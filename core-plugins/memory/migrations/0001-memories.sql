create table memory (
  -- The key of the word index and of the index in memory.
  sequence integer primary key autoincrement,
  id text not null unique,
  text text not null,
  -- RFC 3339 with six decimals: the parts of one message follow each other.
  said_at text not null,
  conversation text not null,
  message text not null,
  part integer not null,
  -- 1 when it asks rather than tells.
  asks integer not null,
  -- Float32, little endian, of length 1; null until the model had its turn.
  embedding blob,
  unique (message, part)
) strict;

create index memory_by_time on memory (said_at desc);
create index memory_unread on memory (sequence) where embedding is null;

-- What was forgotten does not come back when old messages are read again.
create table forgotten (
  message text not null,
  part integer not null,
  primary key (message, part)
) strict, without rowid;

create virtual table memory_words using fts5 (
  text, content = 'memory', content_rowid = 'sequence', tokenize = 'porter unicode61 remove_diacritics 2'
);

-- Words of what is deleted are wiped, not only unlinked.
insert into memory_words (memory_words, rank) values ('secure-delete', 1);

create trigger memory_added after insert on memory begin
  insert into memory_words (rowid, text) values (new.sequence, new.text);
end;

create trigger memory_removed after delete on memory begin
  insert into memory_words (memory_words, rowid, text) values ('delete', old.sequence, old.text);
end;
