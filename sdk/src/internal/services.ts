import type { SqlValue } from '@aico/schemas';
import type { Bus } from '../bus.ts';
import type { Conditions, LanguageModel, Schedule, Secrets, Storage, Themes } from '../context.ts';

/** ctx.storage: thin requests to whoever serves storage. */
export function createStorage(bus: Bus): Storage {
  return {
    get: async <Value>(key: string) => (await bus.request('storage.kv.get.v1', { key })).value as Value | undefined,
    set: async (key, value) => {
      await bus.request('storage.kv.set.v1', { key, value });
    },
    delete: async (key) => (await bus.request('storage.kv.delete.v1', { key })).deleted,
    list: async <Value>(options = {}) => {
      const page = await bus.request('storage.kv.list.v1', options);
      return page as { entries: { key: string; value: Value }[]; next?: string };
    },
    batch: async (statements, options = {}) => {
      const reply = await bus.request('storage.sql.batch.v1', { statements: [...statements], ...options });
      return reply.results;
    },
    query: async <Row>(sql: string, values?: SqlValue[]) => {
      const statement = values === undefined ? { sql } : { sql, values };
      const reply = await bus.request('storage.sql.batch.v1', { statements: [statement], readOnly: true });
      const [result] = reply.results;
      if (result === undefined) return [];
      return result.rows.map((row) => Object.fromEntries(row.map((value, at) => [result.columns[at], value])) as Row);
    },
    migrate: async (migrations) =>
      (await bus.request('storage.sql.migrate.v1', { migrations: [...migrations] })).version,
  };
}

/** ctx.secrets: thin requests to the vault. */
export function createSecrets(bus: Bus): Secrets {
  return {
    get: async (name) => (await bus.request('vault.secret.get.v1', { name })).value,
    set: async (name, value) => {
      await bus.request('vault.secret.put.v1', { name, value });
    },
    delete: async (name) => {
      await bus.request('vault.secret.delete.v1', { name });
    },
  };
}

/** ctx.llm: the language model in use. */
export function createLanguageModel(bus: Bus): LanguageModel {
  return { generate: (prompt, options) => bus.stream('llm.generate.v1', prompt, options) };
}

/** ctx.schedule: thin requests to whoever keeps the time, which calls the plugin on a topic of its own. */
export function createSchedule(bus: Bus, plugin: string): Schedule {
  return {
    set: (name, timing, options = {}) => {
      const at = 'at' in timing ? { at: timing.at.toISOString() } : timing;
      return bus.request('schedule.set.v1', { name, ...at, ...options });
    },
    cancel: async (name) => (await bus.request('schedule.cancel.v1', { name })).cancelled,
    list: async () => (await bus.request('schedule.list.v1', {})).schedules,
    onDue: (handler) =>
      bus.serve(`plugin.${plugin}.schedule.due.v1`, async ({ data, signal }) => {
        await handler(data, signal);
        return {};
      }),
  };
}

/** ctx.conditions: what the manifest declares, told to the kernel. */
export function createConditions(bus: Bus): Conditions {
  return {
    set: async (name, holds) => {
      await bus.request('kernel.condition.set.v1', { name, holds });
    },
  };
}

/** ctx.theme: a choice among the themes of the manifest, told to the kernel. */
export function createThemes(bus: Bus): Themes {
  return {
    set: async (theme) => {
      await bus.request('kernel.theme.set.v1', { theme });
    },
  };
}
