import type { PluginRecord, StateStore } from '@aico/kernel/contracts';
import { validators } from '@aico/schemas';
import { isRecord } from '../is-record.ts';
import { JsonFile, type NoticeHandler } from './json-file.ts';

interface Content {
  readonly format: 1;
  readonly plugins: Readonly<Record<string, PluginRecord>>;
}

/** Plugin records in one JSON file, kept in memory and written whole at each change. */
export class JsonStateStore implements StateStore {
  readonly #file: JsonFile<Content>;
  readonly #records: Map<string, PluginRecord>;

  constructor(path: string, onNotice: NoticeHandler) {
    this.#file = new JsonFile({ path, parse: parseContent, onNotice });
    this.#records = new Map(Object.entries(this.#file.read()?.plugins ?? {}));
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

  #save(): Promise<void> {
    return this.#file.write({ format: 1, plugins: Object.fromEntries(this.#records) });
  }
}

function parseContent(data: unknown): Content | undefined {
  if (!isRecord(data) || data['format'] !== 1 || !isRecord(data['plugins'])) return undefined;
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
    decisions.every((decision) => validators['permission#PermissionDecision'](decision)) &&
    validators['quota#Quota'](limits) &&
    isRecord(used) &&
    Object.values(used).every(Number.isInteger) &&
    Array.isArray(crashes) &&
    crashes.every((time) => typeof time === 'number')
  );
}
