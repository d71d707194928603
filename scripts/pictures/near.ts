import { once } from 'node:events';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSigningKey, formatTrustStore, packFiles, trustKey } from '@aico/registry';
import type { Manifest } from '@aico/schemas';

const ROOT = join(import.meta.dirname, '../..');
const KEY = createSigningKey();

/** A server of this machine that stands for others: pictures are taken offline. */
export interface Near extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

export async function serveNear(listener: RequestListener): Promise<Near> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Ollama, with a model that gives each answer that a part of the question calls for. */
export function modelThatSays(answers: Readonly<Record<string, string>>): RequestListener {
  return async (request, response) => {
    if (request.url === '/api/tags') return void response.end(JSON.stringify({ models: [{ name: 'llama3.2' }] }));
    let body = '';
    for await (const chunk of request) body += chunk;
    const { messages } = JSON.parse(body) as { messages: { content: string }[] };
    const asked = messages.at(-1)?.content ?? '';
    const [, content = 'I see.'] = Object.entries(answers).find(([part]) => asked.includes(part)) ?? [];
    response.end(`${JSON.stringify({ message: { content }, done: true, done_reason: 'stop' })}\n`);
  };
}

/** Packs a sample as it was built, with a server of this machine in the place of those that it names. @returns its file */
export async function packNear(
  home: string,
  sample: string,
  id: string,
  near: Near,
  hosts: readonly string[],
): Promise<string> {
  const folder = join(ROOT, 'samples', sample);
  const read = async (path: string): Promise<string> => {
    let text = (await readFile(join(folder, path), 'utf8')).replaceAll(`plugin.${sample}.`, `plugin.${id}.`);
    for (const host of hosts) text = text.replaceAll(`https://${host}`, near.url);
    return text;
  };
  const { permissions, ...rest } = JSON.parse(await read('plugin.json')) as Manifest;
  const constraints = { hosts: ['127.0.0.1'], ports: [near.port], allowHttp: true, allowLoopback: true };
  const manifest: Manifest = {
    ...rest,
    id,
    permissions: permissions.map((each) => (each.topic === 'net.http.fetch.v1' ? { ...each, constraints } : each)),
  };
  const files = new Map<string, Uint8Array>();
  const add = (path: string, text: string): void => void files.set(path, new TextEncoder().encode(text));
  add('plugin.json', JSON.stringify(manifest));
  add(manifest.main, await read(manifest.main));
  for await (const path of glob('migrations/*.sql', { cwd: folder })) add(path, await read(path));
  const path = join(home, `${id}.aico.tgz`);
  await writeFile(join(home, 'trust.json'), formatTrustStore([trustKey(KEY, 'Pictures', ['isolated'])]));
  await writeFile(path, packFiles(manifest, files, KEY));
  return path;
}
