import type { Sources, TopicEntry } from './sources.ts';

/** `topics.ts`: the table as data, and `TopicMap`, which types each topic's messages. */
export function emitTopics({ topics: { contracts, topics } }: Sources): string {
  const titles = topics.flatMap(({ payload, reply, chunk, constraints }) => [payload, reply, chunk, constraints]);
  const imports = [
    ...new Set(titles.filter((name) => name !== undefined).map(titleOf)),
    'DataKind',
    'SchemaName',
  ].sort();
  return `import type {\n${imports.map((name) => `  ${name},\n`).join('')}} from './types.ts';

/** event: published to many. request: one answer. stream: chunks, then one answer. */
export type TopicKind = 'event' | 'request' | 'stream';

/** What a plugin may be allowed to do with a topic. */
export type Verb = 'publish' | 'subscribe' | 'request' | 'serve';

/** One entry of the topic table. */
export interface TopicContract {
  /** The topic, or a pattern with one \`*\` for a plugin's id. */
  readonly topic: string;
  readonly kind: TopicKind;
  readonly payload: SchemaName;
  readonly reply?: SchemaName;
  readonly chunk?: SchemaName;
  /** transient: at most once. durable: journalled, at least once. Events only. */
  readonly delivery?: 'transient' | 'durable';
  /** The server of this topic keeps the events of durable topics; the kernel alone asks it. */
  readonly carries?: 'durable';
  /** In place of a grant on this topic: a grant of this verb on what the payload's property names; \`use\`: publish or subscribe. */
  readonly requires?: { readonly verb: 'subscribe' | 'request' | 'use'; readonly property: string };
  /** The sender's process seals payloads for those of the receivers: what carries and keeps them cannot read them. */
  readonly sealed?: true;
  /** Payloads hold private data and are shown to nobody who watches; what is sealed is so, too. */
  readonly redacted?: true;
  /** The schema of a permission's constraints. */
  readonly constraints?: SchemaName;
  /** Limits of the sender's quota that the kernel stamps: whoever serves keeps to them, and names one in its error's details.exceeded. */
  readonly quota?: readonly string[];
  /** What single constraints mean: goes on after the words of a verb; \`{list}\` stands for the values. */
  readonly limits?: Readonly<Record<string, string>>;
  /** What is worth a second look: verbs, and constraints that are set. */
  readonly risk?: { readonly verbs?: readonly Verb[]; readonly limits?: readonly string[] };
  /** Whoever does this with it learns personal data of this kind. */
  readonly personal?: { readonly kind: DataKind; readonly verbs: readonly Verb[] };
  /** What each verb lets a plugin do: the rest of a sentence that begins with the plugin. */
  readonly words: { readonly [verb in Verb]?: string };
  readonly description: string;
  /** How the gateway offers it to a browser. */
  readonly expose?: {
    readonly role: 'public' | 'user';
    readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    readonly path?: string;
    readonly websocket?: true;
  };
}

/** Contract areas with the version that this release speaks. */
export const CONTRACTS: Readonly<Record<string, string>> = ${JSON.stringify(contracts, undefined, 2)};

/** The whole protocol. */
export const TOPICS: readonly TopicContract[] = ${JSON.stringify(topics, undefined, 2)};

/** Types of each topic's messages. */
export interface TopicMap {
${topics.map(entryOf).join('')}}

/** A topic of the table; a pattern's \`*\` stands for any plugin. */
export type TopicName = keyof TopicMap;
`;
}

function entryOf({ topic, kind, payload, reply, chunk, constraints, delivery, description }: TopicEntry): string {
  const key = topic.includes('*') ? `[topic: \`${topic.replace('*', `\${string}`)}\`]` : `'${topic}'`;
  const parts = { payload, chunk, reply, constraints };
  const members = Object.entries(parts)
    .filter(([, name]) => name !== undefined)
    .map(([part, name]) => `; ${part}: ${titleOf(name ?? '')}`);
  const durable = delivery === 'durable' ? `; delivery: 'durable'` : '';
  return `  /** ${description} */\n  ${key}: { kind: '${kind}'${durable}${members.join('')} };\n`;
}

function titleOf(name: string): string {
  return name.slice(name.indexOf('#') + 1);
}
