-- RFC 3339, UTC; null for what was followed before.
alter table feed add column added_at text;
