import { readFileSync } from 'node:fs';
import {
  AicoError,
  type Asset,
  type ErrorCode,
  type ErrorReport,
  type Manifest,
  type PluginContext,
  type Traced,
} from '@aico/sdk';
import { createTestKernel, type TestKernel } from '@aico/sdk-testing';
import gateway from '../../src/index.ts';

export const MANIFEST = JSON.parse(readFileSync(new URL('../../plugin.json', import.meta.url), 'utf8')) as Manifest;
export const PASSWORD = 'correct horse battery';
export const RECOVERY_CODE = '0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV';
export const CONVERSATION = '018f3c5e-7b1a-4c2d-9e3f-0a1b2c3d4e5f';

/** A gateway on a port of its own, with stand-ins for the plugins behind it. */
export interface House extends AsyncDisposable {
  readonly kernel: TestKernel;
  readonly url: string;
  readonly port: number;
  readonly vault: PluginContext;
  readonly chat: PluginContext;
  /** Payloads that `chat` was asked with, by topic. */
  readonly asked: { topic: string; data: unknown }[];
  /** Set to have the vault refuse the next tries. */
  refusal: { code: ErrorCode; details?: Record<string, number> } | undefined;
  /** What happens before the vault looks at a password. */
  first: (() => Promise<void>) | undefined;
  /** What happens after the vault found a password to be the one, and before it says so. */
  meanwhile: (() => Promise<void>) | undefined;
  /** Changes the password as somebody at the terminal does. */
  changePassword(): Promise<void>;
  lock(): Promise<void>;
  close(): Promise<void>;
}

const serve = (...topics: string[]) => topics.map((topic) => ({ verb: 'serve' as const, topic }));
const publish = (...topics: string[]) => topics.map((topic) => ({ verb: 'publish' as const, topic }));

const CHAT_REQUESTS = [
  'chat.conversation.list.v1',
  'chat.conversation.create.v1',
  'chat.conversation.get.v1',
  'chat.conversation.rename.v1',
  'chat.conversation.delete.v1',
  'chat.message.list.v1',
] as const;

const EPOCH = '2026-01-01T00:00:00.000Z';

export function conversation(title = 'A talk'): object {
  return { id: CONVERSATION, title, createdAt: EPOCH, updatedAt: EPOCH, messages: 0 };
}

export interface HouseOptions {
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly assets?: Readonly<Record<string, { type: string; body: string }>>;
  readonly vaultState?: 'empty' | 'locked' | 'unlocked';
  /** Why the keyring of the device does not open the vault. */
  readonly deviceError?: ErrorReport;
}

/** Opens a house; close it, or declare it with `await using`. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const kernel = await createTestKernel();
  const asked: House['asked'] = [];
  let state = options.vaultState ?? 'locked';
  const vault = await kernel.peer({
    id: 'vault',
    permissions: [
      ...serve('vault.status.get.v1', 'vault.setup.run.v1', 'vault.unlock.run.v1', 'vault.lock.run.v1'),
      ...serve('vault.recovery.unlock.v1', 'vault.password.change.v1'),
      ...publish('vault.state.changed.v1', 'vault.password.changed.v1'),
    ],
  });
  const chat = await kernel.peer({
    id: 'chat',
    permissions: [
      ...serve(...CHAT_REQUESTS, 'chat.turn.run.v1'),
      ...publish('chat.conversation.changed.v1', 'chat.message.created.v1'),
    ],
  });
  if (options.assets) await serveConsole(kernel, options.assets);

  const become = async (next: typeof state): Promise<void> => {
    state = next;
    await vault.bus.publish('vault.state.changed.v1', { state });
  };
  const { deviceError } = options;
  await vault.bus.serve('vault.status.get.v1', () => ({ state, ...(deviceError && { deviceError }) }));
  await vault.bus.serve('vault.setup.run.v1', async () => {
    if (state !== 'empty') throw new AicoError('VAULT_EXISTS', { subject: 'vault' });
    await become('unlocked');
    return { state };
  });
  await vault.bus.serve('vault.unlock.run.v1', async ({ data }) => {
    const { refusal } = house;
    if (refusal)
      throw new AicoError(refusal.code, { subject: 'vault', ...(refusal.details && { details: refusal.details }) });
    await house.first?.();
    if (data.password !== PASSWORD) throw new AicoError('VAULT_PASSWORD_WRONG', { subject: 'vault' });
    if (state !== 'unlocked') await become('unlocked');
    await house.meanwhile?.();
    return { state };
  });
  const changePassword = (trace: Traced = {}) => vault.bus.publish('vault.password.changed.v1', {}, { trace });
  await vault.bus.serve('vault.password.change.v1', async (message) => {
    if (message.data.current !== PASSWORD) throw new AicoError('VAULT_PASSWORD_WRONG', { subject: 'vault' });
    await changePassword(message);
    return { state };
  });
  await vault.bus.serve('vault.recovery.unlock.v1', async (message) => {
    if (message.data.code !== RECOVERY_CODE) throw new AicoError('VAULT_RECOVERY_WRONG', { subject: 'vault' });
    await changePassword(message);
    if (state !== 'unlocked') await become('unlocked');
    return { state };
  });
  await vault.bus.serve('vault.lock.run.v1', async () => {
    await become('locked');
    return { state };
  });
  for (const topic of CHAT_REQUESTS) {
    await chat.bus.serve(topic as 'chat.conversation.get.v1', ({ data }) => {
      asked.push({ topic, data });
      if (topic.endsWith('list.v1')) {
        return (topic.includes('message') ? { messages: [] } : { conversations: [] }) as never;
      }
      return (topic.includes('delete') ? data : conversation()) as never;
    });
  }
  await kernel.load({
    manifest: MANIFEST,
    definition: gateway,
    configuration: { port: 0, ...options.configuration },
  });
  const url = await announcedUrl(kernel);
  const house: House = {
    kernel,
    url,
    port: Number(new URL(url).port),
    vault,
    chat,
    asked,
    refusal: undefined,
    first: undefined,
    meanwhile: undefined,
    changePassword,
    lock: () => become('locked'),
    close: () => kernel.close(),
    [Symbol.asyncDispose]: () => kernel.close(),
  };
  return house;
}

async function serveConsole(kernel: TestKernel, assets: NonNullable<HouseOptions['assets']>): Promise<void> {
  const console = await kernel.peer({ id: 'console', permissions: serve('plugin.console.asset.get.v1') });
  await console.bus.serve('plugin.console.asset.get.v1', ({ data }): Asset => {
    const asset = assets[data.path];
    if (asset === undefined) throw new AicoError('CONSOLE_ASSET_MISSING', { subject: data.path });
    const body = Buffer.from(asset.body).toString('base64');
    return { path: data.path, contentType: asset.type, encoding: 'base64', body, etag: `"e-${data.path.length}"` };
  });
}

/** Where the gateway said that it listens. */
export async function announcedUrl(kernel: TestKernel): Promise<string> {
  const reader = await kernel.peer({
    id: 'reader',
    permissions: [{ verb: 'request', topic: 'kernel.status.get.v1' }],
  });
  const { endpoints } = await reader.bus.request('kernel.status.get.v1', {});
  const url = endpoints['console'];
  if (url === undefined) throw new Error('the gateway announced no address');
  return url;
}
