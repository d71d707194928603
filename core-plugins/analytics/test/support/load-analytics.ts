import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalyticsProgress, AnalyticsResult, Manifest, PluginContext, PluginDefinition } from '@aico/sdk';
import { createTestKernel, serveSchedule, serveSecrets, serveStorage, type TestKernel } from '@aico/sdk-testing';
import { onTestFinished } from 'vitest';
import audit from '../../../audit/src/index.ts';
import chat from '../../../chat/src/index.ts';
import journal from '../../../journal/src/index.ts';
import analytics from '../../src/index.ts';

const PLUGINS = join(import.meta.dirname, '../../..');
const DEFINITIONS: Readonly<Record<string, PluginDefinition>> = { analytics, audit, chat, journal };
const MIGRATIONS: Readonly<Record<string, string>> = {
  audit: 'migrations/0001-audit.sql',
  chat: 'migrations/0001-conversations.sql',
};

/** Analytics beside the plugins that it reads from; only vault, storage and schedule stand in. */
export interface LoadedAnalytics {
  readonly kernel: TestKernel;
  readonly user: PluginContext;
  /** Chat's own database, as chat would change it. */
  readonly chatRows: PluginContext['storage'];
  load(plugin: string, configuration?: Record<string, unknown>): Promise<PluginContext>;
  ask(sql: string, limit?: number): Promise<AnalyticsResult & { readonly progress: readonly AnalyticsProgress[] }>;
  rows(sql: string): Promise<AnalyticsResult['rows']>;
  /** Starts a conversation and says something in it, without a reply. */
  say(text: string, conversation?: string): Promise<string>;
}

export async function loadAnalytics(configuration: Record<string, unknown> = {}): Promise<LoadedAnalytics> {
  const kernel = await createTestKernel();
  const folder = mkdtempSync(join(tmpdir(), 'aico-analytics-'));
  onTestFinished(async () => {
    await kernel.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await serveStorage(kernel);
  await serveSecrets(kernel);
  await serveSchedule(kernel);
  const keys = await kernel.peer({ id: 'keys', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  await keys.bus.serve('vault.key.derive.v1', () => ({ key: '5a'.repeat(32) }));
  const load = (id: string, settings: Record<string, unknown> = {}): Promise<PluginContext> => {
    const manifest = JSON.parse(readFileSync(join(PLUGINS, id, 'plugin.json'), 'utf8')) as Manifest;
    const migration = MIGRATIONS[id];
    const assets = migration === undefined ? [] : [[migration, readFileSync(join(PLUGINS, id, migration))] as const];
    const definition = DEFINITIONS[id] ?? { activate: () => {} };
    const data = id === 'journal' ? { dataFolder: join(folder, id) } : {};
    return kernel.load({ manifest, definition, assets: new Map(assets), configuration: settings, ...data });
  };
  await load('journal', { maxAgeDays: 30, maxMegabytes: 512 });
  await load('audit', { keepDays: 0 });
  const chatContext = await load('chat');
  await load('analytics', { memoryMb: 128, seconds: 10, ...configuration });
  const requests = [
    ...['analytics.query.v1', 'analytics.tables.v1'],
    ...['plugin.analytics.forget.find.v1', 'plugin.analytics.forget.run.v1'],
    ...['list', 'put', 'delete'].map((verb) => `analytics.saved.${verb}.v1`),
    ...['create', 'delete', 'restore', 'rename'].map((verb) => `chat.conversation.${verb}.v1`),
    ...['plugin.analytics.export.read.v1', 'plugin.analytics.export.add.v1'],
    ...['chat.turn.run.v1', 'kernel.trail.note.v1', 'audit.search.v1'],
  ];
  const user = await kernel.peer({
    id: 'user',
    permissions: [
      ...requests.map((topic) => ({ verb: 'request', topic }) as const),
      { verb: 'serve', topic: 'llm.generate.v1' },
      { verb: 'serve', topic: 'memory.recall.v1' },
    ],
  });
  await user.bus.serve('memory.recall.v1', () => ({ hits: [] }));
  await user.bus.serveStream('llm.generate.v1', async (_, stream) => {
    await stream.write({ text: 'Good choice indeed' });
    const usage = { promptTokens: 5, completionTokens: 3, durationMs: 40 };
    return { finish: 'stop' as const, provider: 'test', model: 'tiny', usage };
  });
  const ask: LoadedAnalytics['ask'] = async (sql, limit) => {
    const stream = user.bus.stream('analytics.query.v1', limit === undefined ? { sql } : { sql, limit });
    const progress: AnalyticsProgress[] = [];
    for await (const each of stream) progress.push(each);
    return { ...(await stream.result), progress };
  };
  return {
    kernel,
    user,
    chatRows: chatContext.storage,
    load,
    ask,
    rows: async (sql) => (await ask(sql)).rows,
    say: async (text, known) => {
      const conversation = known ?? (await user.bus.request('chat.conversation.create.v1', {})).id;
      const turn = user.bus.stream('chat.turn.run.v1', { conversation, text });
      for await (const _ of turn);
      await turn.result;
      return conversation;
    },
  };
}
