import { join } from 'node:path';
import type { PluginReference, PluginSource, VerifiedPackage } from '@aico/kernel/contracts';
import { AicoError } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { ProductSource } from '../../src/source/product-source.ts';

const SHIPPED = join('/build', 'packages');
const INSTALLED = join('/home-of-the-test', 'packages');

function packageOf(id: string): VerifiedPackage {
  return {
    manifest: {
      id,
      name: id,
      version: '1.0.0',
      description: 'x',
      author: 'x',
      tier: 'isolated',
      main: 'index.js',
      engines: { aico: '*' },
      permissions: [],
      configuration: { properties: { [id]: { type: 'string' } } },
    },
    files: new Map(),
    signer: { keyId: 'k', name: 'n' },
    tier: 'isolated',
    digest: 'd',
  };
}

/** A store that counts what is verified. */
class CountingStore implements PluginSource {
  readonly loads: string[] = [];

  async list(counts: (reference: PluginReference) => boolean = () => true): Promise<readonly PluginReference[]> {
    const shipped = ['vault', 'chat', 'broken'].map((id) => ({ id, version: '1.0.0', location: join(SHIPPED, id) }));
    return [...shipped, { id: 'weather', version: '1.0.0', location: join(INSTALLED, 'weather') }].filter(counts);
  }

  async load({ id, location }: PluginReference): Promise<VerifiedPackage> {
    this.loads.push(id);
    if (id === 'broken') throw new AicoError('REGISTRY_PACKAGE_UNREADABLE', { subject: location });
    return packageOf(id);
  }

  async install(path: string): Promise<PluginReference> {
    return { id: 'new', version: '1.0.0', location: path };
  }

  async keep(reference: PluginReference): Promise<PluginReference> {
    return reference;
  }

  async discard(): Promise<void> {}

  async ready(): Promise<readonly PluginReference[]> {
    return [];
  }

  async remove(id: string): Promise<void> {
    this.loads.push(`removed ${id}`);
  }
}

function open(...parts: string[]) {
  const store = new CountingStore();
  const source = new ProductSource({ store, shipped: SHIPPED, isPart: (id) => parts.includes(id) });
  return { store, source };
}

describe('the plugins of a product [PLG-1]', () => {
  test('are those of its distribution and all that the user installed', async () => {
    const { source } = open('vault', 'broken');
    expect((await source.list()).map(({ id }) => id)).toEqual(['vault', 'broken', 'weather']);
  });

  test('are verified once at the start, and anew at every later load', async () => {
    const { store, source } = open('vault');
    await source.verifyAll();
    const [vault] = await source.list();
    if (vault === undefined) throw new Error('there is no vault');
    await source.load(vault);
    expect(store.loads.filter((id) => id === 'vault')).toHaveLength(1);
    await source.load(vault);
    expect(store.loads.filter((id) => id === 'vault')).toHaveLength(2);
  });

  test('tell their settings, also those that are no part of it, and those that cannot be read', async () => {
    const { source } = open('vault');
    expect(await source.verifyAll()).toEqual([
      { id: 'chat', schema: packageOf('chat').manifest.configuration },
      { id: 'broken', schema: 'unreadable' },
      { id: 'vault', schema: packageOf('vault').manifest.configuration },
      { id: 'weather', schema: packageOf('weather').manifest.configuration },
    ]);
  });

  test('are refused for the kernel to see when they cannot be read', async () => {
    const { source } = open('broken');
    await source.verifyAll();
    const [broken] = await source.list();
    if (broken === undefined) throw new Error('there is no broken one');
    await expect(source.load(broken)).rejects.toMatchObject({ code: 'REGISTRY_PACKAGE_UNREADABLE' });
  });

  test('are let go when nobody loaded them', async () => {
    const { store, source } = open('vault');
    await source.verifyAll();
    source.release();
    const [vault] = await source.list();
    if (vault !== undefined) await source.load(vault);
    expect(store.loads.filter((id) => id === 'vault')).toHaveLength(2);
  });

  test('come and go through the store', async () => {
    const { store, source } = open();
    expect(await source.install('/some/file')).toMatchObject({ id: 'new' });
    await source.remove('weather');
    expect(store.loads).toEqual(['removed weather']);
  });
});
