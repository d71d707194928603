import type { Migration } from '@aico/schemas';
import type { Assets } from './context.ts';

const MIGRATION = /^migrations\/(\d{1,5})-([a-z0-9-]+)\.sql$/;

/** The steps that lie in the package as `migrations/0001-what-it-does.sql`, in order, for `ctx.storage.migrate`. */
export function readMigrations(assets: Assets): Migration[] {
  const decoder = new TextDecoder();
  const steps = assets.paths.map((path) => {
    const [, version, name] = MIGRATION.exec(path) ?? [];
    if (version === undefined || name === undefined) return undefined;
    return { version: Number(version), name, sql: decoder.decode(assets.read(path)) };
  });
  return steps.filter((step) => step !== undefined).sort((left, right) => left.version - right.version);
}
