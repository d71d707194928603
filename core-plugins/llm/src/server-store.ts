import type { ProviderPut, ProviderSelect, Secrets, Storage } from '@aico/sdk';

/** A model server as the user added it. Its key, if any, is kept apart. */
export type KeptServer = Omit<ProviderPut, 'apiKey'>;

/** What outlives a restart. */
export interface ServerStore {
  servers(): Promise<readonly KeptServer[]>;
  keepServers(servers: readonly KeptServer[]): Promise<void>;
  selection(): Promise<ProviderSelect | undefined>;
  keepSelection(selection: ProviderSelect): Promise<void>;
  apiKey(id: string): Promise<string | undefined>;
  keepApiKey(id: string, apiKey: string | undefined): Promise<void>;
}

/**
 * Servers and choice in the plugin's own storage, keys in the vault. The vault notes each time that a key is read, so each is read
 * once, and anew after it changed. What was read goes with the process, which the plugin does not outlive when the vault is locked.
 */
export function createServerStore(storage: Storage, secrets: Secrets): ServerStore {
  const nameOf = (id: string): string => `api-key.${id}`;
  const known = new Map<string, Promise<string | undefined>>();
  const read = (id: string): Promise<string | undefined> => {
    const key = secrets.get(nameOf(id));
    known.set(id, key);
    // What could not be read is read again.
    key.catch(() => known.get(id) === key && known.delete(id));
    return key;
  };
  return {
    servers: async () => (await storage.get<KeptServer[]>('servers')) ?? [],
    keepServers: (servers) => storage.set('servers', servers),
    selection: () => storage.get<ProviderSelect>('selection'),
    keepSelection: (selection) => storage.set('selection', selection),
    apiKey: (id) => known.get(id) ?? read(id),
    keepApiKey: async (id, apiKey) => {
      const keep = apiKey === undefined ? secrets.delete(nameOf(id)) : secrets.set(nameOf(id), apiKey);
      // Somebody may read it meanwhile, and get the one before.
      await keep.finally(() => known.delete(id));
    },
  };
}
