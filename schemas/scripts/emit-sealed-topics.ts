import { emitFunctions, identifierOf } from './emit-validators.ts';
import type { Sources, TopicEntry } from './sources.ts';

/** Parts of a topic's messages that have a shape of their own. */
const PARTS = ['payload', 'reply', 'chunk'] as const;

/**
 * `sealed-topics.ts`: the sealed topics with the validators of what they seal, apart from all others: plugin's process carries this file, and the table of all validators would treble its size.
 */
export async function emitSealedTopics({ areas, topics: { topics } }: Sources): Promise<string> {
  const sealed = topics.filter((topic) => topic.sealed === true);
  const names = sealed.flatMap((topic) => PARTS.map((part) => topic[part])).filter((name) => name !== undefined);
  const code = await emitFunctions(areas, [...new Set(names)]);
  return [
    '// @ts-nocheck: machine-made JavaScript; the table at the end carries its types.\n',
    "import type { Validator } from '../explain.ts';\n",
    code,
    TYPES,
    `/** Every sealed topic by its name. */\nexport const SEALED_TOPICS: ReadonlyMap<string, SealedTopic> = new Map([\n${sealed.map(entryOf).join('')}]);\n`,
  ].join('\n');
}

const TYPES = `/** A topic whose payloads travel sealed, with the validators of what is inside. */
export interface SealedTopic {
  readonly kind: 'event' | 'request' | 'stream';
  readonly payload: Validator;
  readonly reply?: Validator;
  readonly chunk?: Validator;
  /** The property of a request that the kernel judges by, and so must see. */
  readonly about?: string;
}
`;

function entryOf({ topic, kind, payload, reply, chunk, requires }: TopicEntry): string {
  const parts = Object.entries({ payload, reply, chunk }).filter(
    (part): part is [string, string] => part[1] !== undefined,
  );
  const members = [
    `kind: '${kind}'`,
    ...parts.map(([part, name]) => `${part}: ${identifierOf(name)}`),
    ...(requires === undefined ? [] : [`about: '${requires.property}'`]),
  ];
  return `  ['${topic}', { ${members.join(', ')} }],\n`;
}
