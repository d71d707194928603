-- Wiping single words leaves an index that SQLite counts as damaged. Words are wiped by `optimize` after deletions.
insert into note_words (note_words, rank) values ('secure-delete', 0);
insert into note_words (note_words) values ('rebuild');
