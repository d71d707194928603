create table note (
  number integer primary key autoincrement,
  text text not null,
  written_at text not null
) strict;

create virtual table note_words using fts5 (
  text, content = 'note', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2'
);

-- Words of what is deleted are wiped, not only unlinked.
insert into note_words (note_words, rank) values ('secure-delete', 1);

create trigger note_added after insert on note begin
  insert into note_words (rowid, text) values (new.number, new.text);
end;

create trigger note_changed after update on note begin
  insert into note_words (note_words, rowid, text) values ('delete', old.number, old.text);
  insert into note_words (rowid, text) values (new.number, new.text);
end;

create trigger note_removed after delete on note begin
  insert into note_words (note_words, rowid, text) values ('delete', old.number, old.text);
end;
