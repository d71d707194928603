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

/** Servers and choice in the plugin's own storage, keys in the vault. */
export function createServerStore(storage: Storage, secrets: Secrets): ServerStore {
  const nameOf = (id: string): string => `api-key.${id}`;
  return {
    servers: async () => (await storage.get<KeptServer[]>('servers')) ?? [],
    keepServers: (servers) => storage.set('servers', servers),
    selection: () => storage.get<ProviderSelect>('selection'),
    keepSelection: (selection) => storage.set('selection', selection),
    apiKey: (id) => secrets.get(nameOf(id)),
    keepApiKey: (id, apiKey) => (apiKey === undefined ? secrets.delete(nameOf(id)) : secrets.set(nameOf(id), apiKey)),
  };
}
