import { isAicoError } from '@aico/sdk';

/** The bus as a stranger's code sees it, who does not care for types. */
export interface UntypedBus {
  request(topic: string, data: unknown): Promise<unknown>;
}

const NAMES = ['process', 'require', 'fetch', 'WebAssembly', 'SharedArrayBuffer', 'eval'];
const TOPICS: Readonly<Record<string, object>> = {
  'net.http.fetch.v1': { url: 'https://example.org/' },
  'storage.kv.get.v1': { key: 'anything' },
  'chat.message.list.v1': {},
  'vault.secret.get.v1': { name: 'anything' },
  'kernel.plugin.disable.v1': { id: 'chat' },
};

/** Reaches for what it was not given; says what came of each, Markdown. */
export async function reach(bus: UntypedBus, global: object): Promise<string> {
  const names = NAMES.map((name) => `- \`${name}\`: ${name in global ? '**it is there**' : 'not there'}`);
  const asked = Object.entries(TOPICS).map(async ([topic, data]) => {
    const became = await bus.request(topic, data).then(
      () => '**it answered**',
      (error: unknown) => (isAicoError(error) ? `refused, ${error.code}` : 'refused'),
    );
    return `- \`${topic}\`: ${became}`;
  });
  return [...names, ...(await Promise.all(asked))].join('\n');
}
