create table conversation (
  id text primary key,
  title text not null,
  -- 0 while the title follows from the first message, 1 once the user named it.
  named integer not null default 0,
  created_at text not null,
  updated_at text not null,
  deleted_at text,
  messages integer not null default 0
) strict;

create index conversation_by_update on conversation (updated_at desc);

create table message (
  -- The order in which messages came; cursors are made of it.
  sequence integer primary key autoincrement,
  id text not null unique,
  conversation text not null references conversation (id),
  role text not null,
  status text not null,
  text text not null,
  created_at text not null,
  reply_to text,
  -- JSON: what else the message carries (remembered, provider, model, plugin, error, usage).
  extra text not null default '{}'
) strict;

create index message_by_conversation on message (conversation, sequence);
create index message_by_reply_to on message (reply_to);
create index message_unfinished on message (status) where status = 'streaming';
