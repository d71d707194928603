import type { PluginRecord, RunCount, StateStore } from '@aico/kernel/contracts';
import { type RunMark, validators } from '@aico/schemas';
import { isRecord } from '../is-record.ts';
import { JsonFile, type NoticeHandler } from './json-file.ts';

interface Content {
  readonly format: 1;
  /** The latest run, and how far its trail went if it ended in order. */
  readonly run?: RunMark;
  readonly plugins: Readonly<Record<string, PluginRecord>>;
}

/** Plugin records in one JSON file, kept in memory and written whole at each change. */
export class JsonStateStore implements StateStore {
  readonly #file: JsonFile<Content>;
  readonly #records: Map<string, PluginRecord>;
  #run: RunMark | undefined;

  constructor(path: string, onNotice: NoticeHandler) {
    this.#file = new JsonFile({ path, parse: parseContent, onNotice });
    const content = this.#file.read();
    this.#records = new Map(Object.entries(content?.plugins ?? {}));
    this.#run = content?.run;
  }

  read(id: string): PluginRecord | undefined {
    return this.#records.get(id);
  }

  /** @throws AicoError HOST_STATE_UNWRITABLE; the change still holds until the host ends */
  async write(id: string, record: PluginRecord): Promise<void> {
    this.#records.set(id, record);
    await this.#save();
  }

  async remove(id: string): Promise<void> {
    if (this.#records.delete(id)) await this.#save();
  }

  async beginRun(): Promise<RunCount> {
    const before = this.#run;
    const run = (before?.run ?? 0) + 1;
    this.#run = { run };
    // A disk that fails keeps nothing from starting; the next write that somebody waits for tells of it.
    await this.#save().catch(() => undefined);
    return before === undefined ? { run } : { run, before };
  }

  async endRun(last: number): Promise<void> {
    this.#run = { run: this.#run?.run ?? 1, last };
    await this.#save();
  }

  #save(): Promise<void> {
    const run = this.#run === undefined ? {} : { run: this.#run };
    return this.#file.write({ format: 1, ...run, plugins: Object.fromEntries(this.#records) });
  }
}

function parseContent(data: unknown): Content | undefined {
  if (!isRecord(data) || data['format'] !== 1 || !isRecord(data['plugins'])) return undefined;
  if (data['run'] !== undefined && !validators['control#RunMark'](data['run'])) return undefined;
  return Object.values(data['plugins']).every(isPluginRecord) ? (data as unknown as Content) : undefined;
}

function isPluginRecord(data: unknown): data is PluginRecord {
  if (!isRecord(data)) return false;
  const { enabled, awaitsConsent = false, decisions = [], limits = {}, used = {}, crashes, quarantined } = data;
  return (
    typeof enabled === 'boolean' &&
    typeof quarantined === 'boolean' &&
    typeof awaitsConsent === 'boolean' &&
    Array.isArray(decisions) &&
    decisions.every((decision) => validators['permission#KeptDecision'](decision)) &&
    validators['quota#Quota'](limits) &&
    isRecord(used) &&
    Object.values(used).every(Number.isInteger) &&
    Array.isArray(crashes) &&
    crashes.every((time) => typeof time === 'number')
  );
}
