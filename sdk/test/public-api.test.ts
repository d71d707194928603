import { expect, test } from 'vitest';
import { findBreaks, findContractBreaks, readRecord, renderApi, renderContracts } from '../scripts/public-api.ts';

test('what authors import is what sdk/api.md records; `node sdk/scripts/public-api.ts` records additions [PLG-9]', () => {
  expect(findBreaks(readRecord('api'), renderApi())).toEqual([]);
  expect(renderApi()).toBe(readRecord('api'));
}, 60_000);

test('what topics carry is what sdk/contracts.md records [PLG-9]', () => {
  expect(findContractBreaks(readRecord('contracts'), renderContracts())).toEqual([]);
  expect(renderContracts()).toBe(readRecord('contracts'));
}, 60_000);

/** The record after a change that has to be one. */
function changed(record: string, ...[from, to]: [from: string, to: string]): string {
  const after = record.replace(from, to);
  expect(after).not.toBe(record);
  return after;
}

function broken(from: string, to: string): readonly string[] {
  return findBreaks(readRecord('api'), changed(readRecord('api'), from, to));
}

test.each([
  ['a method', 'export interface Schedule {', 'export interface Schedule {\n    pause(): Promise<void>;'],
  [
    'a name',
    'export { findMention }',
    "export { findMention as mention } from './mentions.ts';\nexport { findMention }",
  ],
  ['an option', 'readonly catchUp?:', 'readonly urgent?: boolean;\n    readonly catchUp?:'],
  ['a value that is taken', "'once' | 'skip'", "'once' | 'skip' | 'all'"],
  ['an argument that may be left out', 'cancel(name: string)', 'cancel(name: string, force?: boolean)'],
  ['another name for an argument', 'setTimer(milliseconds: number', 'setTimer(after: number'],
  ['a field of a result', 'readonly ok: boolean;', 'readonly ok: boolean;\n    readonly took: number;'],
  ['a way to call', 'ask<Answer = unknown>', 'ask(name: "now"): Promise<number>;\n    ask<Answer = unknown>'],
])(
  'more of it breaks nobody: %s [PLG-9]',
  (_, from, to) => {
    expect(broken(from, to)).toEqual([]);
  },
  60_000,
);

test.each([
  [
    'a required field of an argument',
    'readonly catchUp?:',
    'readonly urgent: boolean;\n    readonly catchUp?:',
    "PluginContext: The types of 'schedule.set' .* Property 'urgent' is missing in type 'ScheduleOptions' but required",
  ],
  [
    'a required argument',
    'cancel(name: string)',
    'cancel(name: string, force: boolean)',
    "PluginContext: The types of 'schedule.cancel'",
  ],
  [
    'an option that is gone',
    '    readonly timeoutMs?: number;\n}\nexport interface FetchResponse',
    '}\nexport interface FetchResponse',
    'context > FetchOptions > timeoutMs is gone',
  ],
  ['an argument that is gone', 'cancel(name: string)', 'cancel()', 'context > Schedule > cancel > argument 1 is gone'],
  ['fewer values that are taken', "'once' | 'skip'", "'once'", 'Type \'"skip"\' is not assignable to type \'"once"\''],
  [
    'a field of a result that may be missing',
    'readonly ok: boolean',
    'readonly ok?: boolean',
    "Property 'ok' is optional in type 'FetchResponse' but required",
  ],
  [
    'more values that come back',
    'readonly status: number',
    'readonly status: number | string',
    "Type 'string \\| number' is not assignable|Type 'string' is not assignable to type 'number'",
  ],
  [
    'an optional field of a result that is gone',
    '        readonly next?: string;\n',
    '',
    'context > Storage > list > result > next is gone',
  ],
  ['a method that is gone', '    cancel(name: string): Promise<boolean>;\n', '', 'context > Schedule > cancel is gone'],
  ['a name that is gone', "export { findMention } from './mentions.ts';\n", '', 'index > findMention is gone'],
  [
    'a hook that a plugin has to have',
    'suspend?(): unknown',
    'suspend(): unknown',
    "definePlugin: Property 'suspend' is optional",
  ],
  [
    'more that a hook has to give',
    'deactivate?(reason: string): void | Promise<void>',
    'deactivate?(reason: string): number',
    "definePlugin: The types returned by 'deactivate",
  ],
])(
  '%s is a break, by its name [PLG-9]',
  (_, from, to, told) => {
    expect(broken(from, to).join('\n')).toMatch(new RegExp(told));
  },
  60_000,
);

test('one of several ways to call that is gone is a break [PLG-9]', () => {
  const two = changed(
    readRecord('api'),
    'ask<Answer = unknown>',
    'ask(name: number): Promise<number>;\n    ask<Answer = unknown>',
  );
  expect(findBreaks(two, readRecord('api')).join('\n')).toMatch("View: Types of property 'ask'");
}, 60_000);

const TOPICS = `export interface TopicMap {
    'chat.say.v1': { kind: 'request'; payload: Say; reply: Said; };
    'chat.heard.v1': { kind: 'event'; payload: Heard; };
    'kernel.seen.v1': { kind: 'event'; payload: Heard; };
}
export type ErrorCode = 'A' | 'B';
export interface Say { text: string; tone?: 'calm' | 'glad'; }
export interface Said { id: string; state: 'kept' | 'lost'; more?: string[]; }
export interface Heard { text: string; by?: { name: string; }; }`;

function contracts(declared: string, chat = '1.0.0'): string {
  return `# Contracts: chat ${chat}, kernel 1.0.0\n\nabout\n\n## contracts\n\n\`\`\`ts\n${declared}\n\`\`\`\n`;
}

function brokenContracts(from: string, to: string, chat?: string): readonly string[] {
  return findContractBreaks(contracts(TOPICS), contracts(changed(TOPICS, from, to), chat));
}

test('a contract may ask for more that may be left out, answer more and know more topics and errors [PLG-9]', () => {
  const more = [
    brokenContracts('tone?:', 'to?: string; tone?:'),
    brokenContracts("'glad'", "'glad' | 'sad'"),
    brokenContracts('id: string;', 'id: string; at: number;'),
    brokenContracts("'A' | 'B'", "'A' | 'B' | 'C'"),
    brokenContracts(
      'export interface TopicMap {',
      "export interface TopicMap {\n    'chat.ask.v1': { kind: 'request'; payload: Say; reply: Said; };",
    ),
  ];
  expect(more).toEqual([[], [], [], [], []]);
}, 60_000);

test.each([
  [
    'a payload that needs more',
    'tone?:',
    'to: string; tone?:',
    "chat.say.v1 > payload: Property 'to' is missing in type",
  ],
  ['a payload that takes less', 'tone?: ', 'mood?: ', 'chat.say.v1 > payload > tone is gone'],
  ['a payload that takes fewer values', "'calm' | 'glad'", "'calm'", 'chat.say.v1 > payload: '],
  ['a reply that lacks something', 'id: string;', '', 'chat.say.v1 > reply > id is gone'],
  ['a reply that lacks what it had at times', ' more?: string[];', '', 'chat.say.v1 > reply > more is gone'],
  ['a reply that says less surely', 'id: string;', 'id?: string;', "chat.say.v1 > reply: Property 'id' is optional"],
  ['a reply with another value', "'lost'", "'lost' | 'late'", 'chat.say.v1 > reply: '],
  ['an event without something inside', 'name: string;', '', 'kernel.seen.v1 > payload > by > name is gone'],
  [
    'an event that needs more of whoever tells it',
    'text: string; by',
    'text: string; at: number; by',
    "chat.heard.v1 > payload: Property 'at' is missing",
  ],
  [
    'another kind of topic',
    "kind: 'event'; payload: Heard; };\n    'kernel",
    "kind: 'stream'; payload: Heard; };\n    'kernel",
    'chat.heard.v1 > kind: ',
  ],
  ['a topic that is gone', "    'chat.heard.v1': { kind: 'event'; payload: Heard; };\n", '', 'chat.heard.v1 is gone'],
  ['an error that is gone', "'A' | 'B'", "'A'", 'ErrorCode: '],
])(
  '%s is a break, unless the major version of the contract moves [PLG-9]',
  (_, from, to, told) => {
    expect(brokenContracts(from, to).join('\n')).toContain(told);
    const moved = brokenContracts(from, to, '2.0.0');
    expect(moved.filter((each) => each.startsWith('chat.'))).toEqual([]);
  },
  60_000,
);

test('a version that says so may break: a major one, or a minor one before 1.0.0', () => {
  const at = (version: string, name: string): string =>
    `# Public API of the SDK ${version}\n\nabout\n\n## bus\n\n\`\`\`ts\nexport declare function ${name}(): void;\n\`\`\`\n`;
  const breaks = (from: string, to: string): number => findBreaks(at(from, 'a'), at(to, 'b')).length;
  expect([
    breaks('0.1.0', '0.1.1'),
    breaks('0.1.0', '0.2.0'),
    breaks('1.1.0', '1.2.0'),
    breaks('1.1.0', '2.0.0'),
  ]).toEqual([1, 0, 1, 0]);
}, 60_000);
