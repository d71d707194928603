-- 1 when what the model made of a memory is kept among the vectors; `embedding` holds what was made before there were any.
alter table memory add column embedded integer not null default 0;
drop index memory_unread;
create index memory_unread on memory (sequence) where embedded = 0;
