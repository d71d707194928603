import { readFileSync } from 'node:fs';
import network from '@aico/plugin-network';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, serveStorage, type TestKernel } from '@aico/sdk-testing';
import type { OpenStream } from '../../src/http/exchange.ts';

const ROOT = new URL('../../../network/', import.meta.url);
const MIGRATIONS = ['migrations/0001-egress.sql', 'migrations/0002-clock.sql'];
const read = (path: string): Buffer => readFileSync(new URL(path, ROOT));
const manifest = JSON.parse(read('plugin.json').toString()) as Manifest;
const own = JSON.parse(readFileSync(new URL('../../plugin.json', import.meta.url), 'utf8')) as Manifest;

/** The real network plugin, beside the one that a test is about. */
export async function loadNetwork(kernel: TestKernel): Promise<void> {
  const assets = new Map(MIGRATIONS.map((path) => [path, read(path)]));
  await kernel.load({ manifest, definition: network, assets });
}

/** The way to model servers that the plugin's own manifest asks for, without the plugin. */
export async function openNetwork(): Promise<{ readonly open: OpenStream; readonly kernel: TestKernel }> {
  const kernel = await createTestKernel();
  await serveStorage(kernel);
  await loadNetwork(kernel);
  const permissions = own.permissions.filter(({ topic }) => topic === 'net.http.stream.v1');
  const { bus } = await kernel.peer({ id: 'llm', permissions });
  return { kernel, open: (asked, options) => bus.stream('net.http.stream.v1', asked, options) };
}
