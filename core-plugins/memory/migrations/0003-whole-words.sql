-- Wiping single words leaves an index that this SQLite (3.45) counts as damaged. Words are wiped by `optimize` after deletions.
insert into memory_words (memory_words, rank) values ('secure-delete', 0);
insert into memory_words (memory_words) values ('rebuild');
