import { AicoError, type LlmStatus, type Provider, type ProviderPut, type ProviderSelect } from '@aico/sdk';
import { type Endpoint, parseEndpointUrl } from './http/endpoint.ts';
import type { OpenStream } from './http/exchange.ts';
import type { ModelServer } from './model-server.ts';
import type { KeptServer, ServerStore } from './server-store.ts';
import { OllamaServer } from './servers/ollama-server.ts';
import { OpenAiServer } from './servers/openai-server.ts';
import { SCRIPTED_MODEL, ScriptedServer } from './servers/scripted-server.ts';

const PROBE_SILENCE_MS = 4000;
const MAX_ADDED_SERVERS = 18;
const SCRIPTED = 'scripted';
const OLLAMA = 'ollama';

export interface ServerSettings {
  readonly ollamaUrl: string;
  readonly findOllama: boolean;
  readonly silenceSeconds: number;
  readonly scriptedWordMs: number;
}

/** The server that answers now. */
export interface Chosen {
  readonly id: string;
  readonly model: string;
  readonly server: ModelServer;
}

/** What was last heard of a server. */
interface Health {
  readonly models: readonly string[];
  readonly error: AicoError | undefined;
}

/** Every model server that is known, which one answers, and how each of them is. */
export class ModelServers {
  readonly #store: ServerStore;
  readonly #open: OpenStream;
  readonly #settings: () => ServerSettings;
  readonly #changed: (status: LlmStatus) => void;
  readonly #health = new Map<string, Health>();
  #added: readonly KeptServer[] = [];
  #selection: ProviderSelect = { provider: SCRIPTED, model: SCRIPTED_MODEL };
  #told = '';
  #lastWrite: Promise<unknown> = Promise.resolve();

  /** @param changed is told the new status whenever it differs from what was told before */
  constructor(
    store: ServerStore,
    open: OpenStream,
    settings: () => ServerSettings,
    changed: (status: LlmStatus) => void,
  ) {
    this.#store = store;
    this.#open = open;
    this.#settings = settings;
    this.#changed = changed;
  }

  async load(): Promise<void> {
    this.#added = await this.#store.servers();
    this.#selection = (await this.#store.selection()) ?? this.#selection;
    this.#told = JSON.stringify(this.status());
  }

  status(): LlmStatus {
    const { provider, model } = this.#selection;
    const kind = this.#find(provider)?.kind ?? SCRIPTED;
    const scripted: Provider = {
      id: SCRIPTED,
      kind: SCRIPTED,
      name: 'Built-in companion',
      models: [SCRIPTED_MODEL],
      reachable: true,
    };
    return {
      selected: { provider, kind, model },
      connected: this.connected,
      providers: [scripted, ...this.#listed().map((server) => this.#describe(server))],
    };
  }

  /** Whether a language model answers, rather than the built-in companion or nobody. */
  get connected(): boolean {
    const { provider } = this.#selection;
    return provider !== SCRIPTED && this.#health.get(provider)?.error === undefined;
  }

  /** The server in use. @throws AicoError LLM_PROVIDER_UNKNOWN */
  async chosen(): Promise<Chosen> {
    const { provider: id, model } = this.#selection;
    if (id === SCRIPTED) return { id, model, server: new ScriptedServer(() => this.#settings().scriptedWordMs) };
    return { id, model, server: await this.#connect(this.#known(id), this.#settings().silenceSeconds * 1000) };
  }

  /** Takes note of how a server did. */
  note(id: string, error: AicoError | undefined): void {
    if (id === SCRIPTED) return;
    this.#health.set(id, { models: this.#health.get(id)?.models ?? [], error });
    this.#tell();
  }

  /** Asks every server for its models. Never fails: what is wrong becomes part of the status. */
  async probe(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#http().map((server) => this.#probe(server, signal)));
  }

  /** @throws AicoError LLM_PROVIDER_UNKNOWN, LLM_MODEL_MISSING, or why the server does not answer */
  select(selection: ProviderSelect, signal: AbortSignal): Promise<LlmStatus> {
    return this.#write(async () => {
      const { provider, model } = selection;
      const known = provider === SCRIPTED ? undefined : this.#known(provider);
      if (known !== undefined) await this.#probe(known, signal);
      const { models, error } = known === undefined ? { models: [SCRIPTED_MODEL] } : (this.#health.get(provider) ?? {});
      if (error !== undefined) throw error;
      // Some servers do not tell their models: then the user's word is taken for it.
      if (models !== undefined && models.length > 0 && !models.includes(model) && !models.includes(`${model}:latest`)) {
        throw new AicoError('LLM_MODEL_MISSING', { subject: known?.name ?? provider, details: { model } });
      }
      await this.#store.keepSelection({ provider, model });
      this.#selection = { provider, model };
    });
  }

  /** @throws AicoError LLM_URL_REFUSED, LLM_KEY_REFUSED, LLM_PROVIDER_BUILT_IN, LLM_PROVIDER_LIMIT */
  put({ apiKey, ...given }: ProviderPut, signal: AbortSignal): Promise<LlmStatus> {
    return this.#write(async () => {
      const server: KeptServer = { ...given, url: parseEndpointUrl(given.name, given.url) };
      if (server.id === SCRIPTED) throw new AicoError('LLM_PROVIDER_BUILT_IN', { subject: server.id });
      if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
        throw new AicoError('LLM_KEY_REFUSED', { subject: server.name });
      }
      const before = this.#added.find(({ id }) => id === server.id);
      const added = [...this.#added.filter(({ id }) => id !== server.id), server];
      if (added.length > MAX_ADDED_SERVERS) {
        throw new AicoError('LLM_PROVIDER_LIMIT', { subject: server.name, details: { limit: MAX_ADDED_SERVERS } });
      }
      // A key belongs to the place that it was given for, so it does not move along with an address.
      const moved = before !== undefined && new URL(before.url).origin !== new URL(server.url).origin;
      if (apiKey !== undefined || moved) await this.#store.keepApiKey(server.id, apiKey);
      await this.#store.keepServers(added);
      this.#added = added;
      this.#health.delete(server.id);
      await this.#probe(server, signal);
    });
  }

  /** Removing the server in use brings the built-in companion back. */
  delete(id: string): Promise<LlmStatus> {
    return this.#write(async () => {
      const added = this.#added.filter((server) => server.id !== id);
      if (added.length === this.#added.length) {
        const builtIn = id === SCRIPTED || id === OLLAMA;
        throw new AicoError(builtIn ? 'LLM_PROVIDER_BUILT_IN' : 'LLM_PROVIDER_UNKNOWN', { subject: id });
      }
      await this.#store.keepServers(added);
      await this.#store.keepApiKey(id, undefined);
      this.#added = added;
      this.#health.delete(id);
      if (this.#selection.provider !== id) return;
      this.#selection = { provider: SCRIPTED, model: SCRIPTED_MODEL };
      await this.#store.keepSelection(this.#selection);
    });
  }

  /** One change at a time; after each of them the status is told. */
  #write(change: () => Promise<void>): Promise<LlmStatus> {
    const done = this.#lastWrite.then(change).then(() => this.#tell());
    this.#lastWrite = done.catch(() => undefined);
    return done;
  }

  #tell(): LlmStatus {
    const status = this.status();
    const text = JSON.stringify(status);
    if (text !== this.#told) this.#changed(status);
    this.#told = text;
    return status;
  }

  /** Servers that are reached by HTTP: Ollama at its usual place first, unless the user said where it is. */
  #http(): KeptServer[] {
    const { ollamaUrl, findOllama } = this.#settings();
    const found = { id: OLLAMA, kind: 'ollama', name: 'Ollama', url: ollamaUrl } as const;
    return findOllama && !this.#isAdded(OLLAMA) ? [found, ...this.#added] : [...this.#added];
  }

  /** An Ollama that nobody asked for is not told of while it is not there: it would be an error about nothing. */
  #listed(): KeptServer[] {
    return this.#http().filter(({ id }) => {
      const health = this.#health.get(id);
      const isThere = health !== undefined && health.error?.code !== 'LLM_UNREACHABLE';
      return isThere || id === this.#selection.provider || this.#isAdded(id);
    });
  }

  #isAdded(id: string): boolean {
    return this.#added.some((server) => server.id === id);
  }

  #find(id: string): KeptServer | undefined {
    return this.#http().find((server) => server.id === id);
  }

  #known(id: string): KeptServer {
    const server = this.#find(id);
    if (server === undefined) throw new AicoError('LLM_PROVIDER_UNKNOWN', { subject: id });
    return server;
  }

  #describe({ id, kind, name, url }: KeptServer): Provider {
    const { models = [], error } = this.#health.get(id) ?? {};
    const reachable = this.#health.has(id) && error === undefined;
    return {
      id,
      kind,
      name,
      url,
      models: [...models],
      reachable,
      ...(this.#isAdded(id) ? {} : { detected: true }),
      ...(error === undefined ? {} : { error: error.toReport() }),
    };
  }

  async #connect({ id, kind, name, url }: KeptServer, silenceMs: number): Promise<ModelServer> {
    const endpoint: Endpoint = { name, url, apiKey: await this.#store.apiKey(id), open: this.#open };
    return kind === 'ollama' ? new OllamaServer(endpoint, silenceMs) : new OpenAiServer(endpoint, silenceMs);
  }

  async #probe(known: KeptServer, signal: AbortSignal): Promise<void> {
    try {
      const server = await this.#connect(known, PROBE_SILENCE_MS);
      this.#health.set(known.id, { models: await server.models(signal), error: undefined });
    } catch (error) {
      if (signal.aborted) return;
      const { models = [] } = this.#health.get(known.id) ?? {};
      const failure =
        error instanceof AicoError
          ? error
          : new AicoError('LLM_UNREACHABLE', { subject: known.name, details: { url: known.url } });
      this.#health.set(known.id, { models, error: failure });
    }
    this.#tell();
  }
}
