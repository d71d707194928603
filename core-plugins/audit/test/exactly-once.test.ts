import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditHead, type Manifest, readMigrations, type Storage, type TrailPage } from '@aico/sdk';
import { createTestKernel, serveStorage } from '@aico/sdk-testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Chain } from '../src/chain.ts';
import { ChainStore } from '../src/chain-store.ts';
import { createSigner } from '../src/signer.ts';
import { TrailReader } from '../src/trail-reader.ts';

const ROOT = join(import.meta.dirname, '..');
const MIGRATION = 'migrations/0001-audit.sql';
const now = () => new Date('2026-11-26T12:00:00.000Z');

/** A chain that reads a trail, and what may fail it: the vault is away, or the answer of the database is lost once. */
async function open() {
  const kernel = await createTestKernel();
  onTestFinished(() => kernel.close());
  await serveStorage(kernel);
  const manifest = JSON.parse(readFileSync(join(ROOT, 'plugin.json'), 'utf8')) as Manifest;
  const migrations = new Map([[MIGRATION, readFileSync(join(ROOT, MIGRATION))]]);
  const definition = { activate: () => {} };
  const { storage, assets } = await kernel.load({ manifest, definition, assets: migrations });
  await storage.migrate(readMigrations(assets));
  const state = { isAway: false, isLost: false, entries: 0, unsigned: 0, head: undefined as AuditHead | undefined };
  const disk: Pick<Storage, 'batch' | 'query'> = {
    query: (sql, values) => storage.query(sql, values),
    batch: async (statements) => {
      const results = await storage.batch(statements);
      if (!state.isLost) return results;
      state.isLost = false;
      throw new Error('no answer');
    },
  };
  const store = new ChainStore(disk);
  const chain = await Chain.open({
    ...{ store, signer: createSigner('5a'.repeat(32)), now },
    anchor: {
      read: async () => state.head,
      write: async (head) => {
        if (state.isAway) throw new Error('away');
        state.head = head;
      },
    },
    onUnsigned: () => {
      state.unsigned += 1;
    },
  });
  const trail = (after: number): TrailPage => ({
    run: 1,
    entries: Array.from({ length: Math.min(50, state.entries - after) }, (_, at) => {
      const number = after + at + 1;
      return { run: 1, number, time: now().toISOString(), source: 'kernel', kind: 'a.b' };
    }),
    last: state.entries,
  });
  const bus = { request: async (_: string, { after = 0 }: { after?: number }) => trail(after) };
  const reader = new TrailReader(bus as unknown as ConstructorParameters<typeof TrailReader>[0], chain, store, now);
  const entries = async () => {
    const { records } = await store.search({ limit: 200 });
    return records.map(({ entry }) => entry).reverse();
  };
  return { state, chain, reader, entries, verify: () => chain.verify(state.head, async () => {}) };
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);

describe('each entry of the trail is recorded once [SEC-9, SVC-7]', () => {
  test('while the vault is away that notes the head apart, and the head is noted when it is back', async () => {
    const { state, chain, reader, entries, verify } = await open();
    state.isAway = true;
    state.entries = 70;
    await reader.read();
    state.entries = 75;
    await reader.read();
    expect(await entries()).toEqual(upTo(75));
    expect([state.head, state.unsigned]).toEqual([undefined, 2]);
    state.isAway = false;
    await chain.checkpoint();
    expect(state.head).toMatchObject({ number: 75 });
    expect(await verify()).toMatchObject({ sound: true, gaps: 0 });
  });

  test('where they were kept and nobody heard of it', async () => {
    const { state, chain, reader, entries, verify } = await open();
    state.entries = 5;
    state.isLost = true;
    await expect(reader.read()).rejects.toThrow('no answer');
    state.entries = 8;
    await reader.read();
    expect(await entries()).toEqual(upTo(8));
    await chain.checkpoint();
    expect(await verify()).toMatchObject({ sound: true, gaps: 0 });
  });
});
