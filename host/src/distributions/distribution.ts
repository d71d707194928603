import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AicoError } from '@aico/schemas';
import { problemWithFile } from '../configuration/schema-check.ts';
import { problemOf } from '../problem.ts';

/** Whether a plugin runs: always, or until the user says otherwise. */
export type PluginChoice = 'required' | 'on' | 'off';

/** Which plugins make a product, and with what settings. */
export interface Distribution {
  readonly name: string;
  readonly description: string;
  readonly plugins: ReadonlyMap<string, PluginChoice>;
  readonly settings: Readonly<Record<string, unknown>>;
}

interface DistributionFile {
  readonly description: string;
  readonly plugins: Readonly<Record<string, PluginChoice>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

const SCHEMA = 'distribution.schema.json';

/** The distributions that a folder holds, by name. */
export function listDistributions(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== SCHEMA);
  return files.map((file) => file.replace(/\.json$/, '')).sort();
}

/** Reads and checks a distribution. @throws AicoError HOST_DISTRIBUTION_INVALID */
export function readDistribution(folder: string, name: string): Distribution {
  const file = parseFile(folder, name);
  return {
    name,
    description: file.description,
    plugins: new Map(Object.entries(file.plugins)),
    settings: file.settings ?? {},
  };
}

function parseFile(folder: string, name: string): DistributionFile {
  try {
    const data = readJson(join(folder, `${name}.json`));
    const problem = problemWithFile(readJson(join(folder, SCHEMA)), data);
    if (problem === undefined) return data as unknown as DistributionFile;
    throw new Error(problem);
  } catch (error) {
    throw new AicoError('HOST_DISTRIBUTION_INVALID', {
      subject: name,
      details: { problem: problemOf(error) },
      cause: error,
    });
  }
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}
