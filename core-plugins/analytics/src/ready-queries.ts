import type { SavedQuery } from '@aico/sdk';

type Chart = SavedQuery['chart'];

/** Questions that come with AICO. Their names are also in the app's catalogues, under their ids. */
export const READY_QUERIES: readonly SavedQuery[] = [
  ready(
    'words-per-day',
    'Words per day, yours and the companion’s',
    'bar',
    `select created_at::date as day,
  sum(words) filter (role = 'user') as yours,
  sum(words) filter (role = 'companion') as companion
from messages
group by day
order by day`,
  ),
  ready(
    'hours-of-talk',
    'At which hours you talk (UTC)',
    'bar',
    `select hour(created_at) as hour, count(*) as messages
from messages
where role = 'user'
group by hour
order by hour`,
  ),
  ready(
    'longest-conversations',
    'Your longest conversations',
    'table',
    `select c.title, count(m.id) as messages, sum(m.words) as words, max(m.created_at) as latest
from conversations c join messages m on m.conversation = c.id
group by c.id, c.title
order by words desc
limit 20`,
  ),
  ready(
    'models',
    'What each model wrote, and how fast',
    'table',
    `select provider, model, count(*) as replies, sum(words) as words,
  sum(completion_tokens) as tokens, round(median(duration_ms)) as median_ms
from messages
where model is not null
group by provider, model
order by replies desc`,
  ),
  ready(
    'talkative-plugins',
    'Which plugins talk most',
    'bar',
    `select plugin, sent as messages_sent
from bus_plugins
order by sent desc
limit 20`,
  ),
  ready(
    'who-asks-whom',
    'Who asks whom most',
    'table',
    `select sender, receiver, sum(messages) as messages, sum(bytes) as bytes
from bus_flows
where verb <> 'answer'
group by sender, receiver
order by messages desc
limit 50`,
  ),
  ready(
    'slowest-topics',
    'Which requests take longest',
    'table',
    `select topic, server, messages, p50_ms, p99_ms, max_ms
from bus_topics
where p99_ms is not null
order by p99_ms desc
limit 20`,
  ),
  ready(
    'messages-per-minute',
    'Messages on the bus, minute by minute',
    'line',
    `with sums as (
  select time, sum(sent) as sent from metrics group by time
)
select time, greatest(sent - lag(sent) over (order by time), 0) as messages
from sums
order by time`,
  ),
  ready(
    'events-per-hour',
    'Kept events per hour',
    'line',
    `select date_trunc('hour', time) as hour, count(*) as events, sum(bytes) as bytes
from events
group by hour
order by hour`,
  ),
  ready(
    'decisions-by-kind',
    'What was decided, by kind',
    'bar',
    `select kind, count(*) as records
from audit
group by kind
order by records desc
limit 20`,
  ),
];

function ready(id: string, name: string, chart: Chart, sql: string): SavedQuery {
  return { id, name, sql, chart, ready: true };
}
