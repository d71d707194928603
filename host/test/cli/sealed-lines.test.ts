import { AicoError } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import type { ConsolePowers } from '../../src/cli/console-powers.ts';
import { SealedLines, type Unseal } from '../../src/cli/sealed-lines.ts';

/** Of the form of what is sealed, with a name of its own. */
const box = (name: string): string => `${'A'.repeat(43)}=.${'B'.repeat(16)}.${name}`;

const line = (fields: object): string => JSON.stringify({ level: 'info', time: 'now', name: 'diary', ...fields });

function opening(unseal: Unseal, json = false) {
  let told = '';
  const powers = {
    colors: { out: false, err: false },
    err: (text: string) => {
      told += text;
    },
  };
  const lines = new SealedLines({ powers: powers as unknown as ConsolePowers, json }, unseal);
  const open = async (...given: string[]) => (await lines.open(given)).map((each) => tryParse(each));
  return { open, told: () => told };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

describe('lines of logs that are sealed on disk [SEC-1]', () => {
  test('are shown with what was sealed in its place, and those that are not as they are', async () => {
    const { open, told } = opening(async (sealed) =>
      sealed.map((each) => `{"msg":"opened ${each.slice(-1)}","mood":"low","time":"never"}`),
    );
    expect(
      await open(line({ msg: 'plain' }), line({ sealed: box('a') }), '{"cut', line({ sealed: box('b'), msg: 'is' })),
    ).toEqual([
      { level: 'info', time: 'now', name: 'diary', msg: 'plain' },
      { level: 'info', time: 'now', name: 'diary', msg: 'opened a', mood: 'low' },
      '{"cut',
      { level: 'info', time: 'now', name: 'diary', msg: 'opened b', mood: 'low' },
    ]);
    expect(told()).toBe('');
  });

  test('say that they are while nobody can open them, and why, once', async () => {
    const { open, told } = opening(async () => Promise.reject(new AicoError('VAULT_LOCKED', { subject: 'vault' })));
    expect(await open(line({ sealed: box('a') }), line({ sealed: box('b'), msg: 'diary is failed' }))).toMatchObject([
      { msg: '(sealed)' },
      { msg: 'diary is failed (sealed)' },
    ]);
    await open(line({ sealed: box('c') }));
    expect(told().match(/VAULT_LOCKED/g)).toHaveLength(1);
    expect(told()).toContain('readable while AICO runs and its vault is open');
  });

  test('say why once more when the vault was open in between', async () => {
    let isOpen = false;
    const { open, told } = opening(async () => {
      if (isOpen) return ['{"msg":"opened"}'];
      throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
    });
    for (const next of [true, false, true]) {
      await open(line({ sealed: box('a') }));
      isOpen = next;
    }
    expect(told().match(/VAULT_LOCKED/g)).toHaveLength(2);
  });

  test('are shown as far as they were opened when the vault is locked in between', async () => {
    let asked = 0;
    const { open, told } = opening(async (sealed) => {
      asked += 1;
      if (asked > 1) throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
      return sealed.map(() => '{"msg":"opened"}');
    });
    const all = await open(...Array.from({ length: 600 }, () => line({ sealed: box('a') })));
    expect(all[0]).toMatchObject({ msg: 'opened' });
    expect(all.at(-1)).toMatchObject({ msg: '(sealed)' });
    expect(told()).toContain('VAULT_LOCKED');
  });

  test('stay as they are in JSON that cannot be opened', async () => {
    const { open, told } = opening(async () => Promise.reject(new Error('no')), true);
    expect(await open(line({ sealed: box('a') }))).toMatchObject([{ sealed: box('a') }]);
    expect(told()).toBe('');
  });

  test('tell those of another vault apart, and take no answer that is no line for one', async () => {
    const { open } = opening(async () => [null, '[]', 'x']);
    const all = await open(line({ sealed: box('a') }), line({ sealed: box('b') }), line({ sealed: box('c') }));
    expect(all).toMatchObject([
      { msg: '(sealed under the key of another vault)' },
      { msg: '(sealed)' },
      { msg: '(sealed)' },
    ]);
  });

  test('are opened beside those of before the vault in which a plugin called a field so', async () => {
    const { open, told } = opening(async (sealed) => {
      if (sealed.length !== 1) throw new Error('the vault takes no other form');
      return ['{"msg":"opened"}'];
    });
    const early = [
      line({ msg: 'early', sealed: 'with wax' }),
      line({ msg: 'early', sealed: box('x'.repeat(600_000)) }),
    ];
    expect(await open(...early, line({ sealed: box('a') }))).toMatchObject([
      { msg: 'early', sealed: 'with wax' },
      { msg: 'early' },
      { msg: 'opened' },
    ]);
    expect(told()).toBe('');
  });

  test('are asked for in parts that fit into a message each, in order', async () => {
    const sizes: number[] = [];
    const { open } = opening(async (sealed) => {
      sizes.push(sealed.length);
      return sealed.map((each) => JSON.stringify({ msg: each.slice(62) }));
    });
    const many = Array.from({ length: 1200 }, (_, at) => line({ sealed: box(String(at)) }));
    expect(await open(...many)).toMatchObject(many.map((_, at) => ({ msg: String(at) })));
    expect(sizes).toEqual([500, 500, 200]);
    sizes.length = 0;
    const large = Array.from({ length: 5 }, (_, at) => line({ sealed: box(String(at).padEnd(100_000, 'x')) }));
    await open(...large);
    expect(sizes).toEqual([2, 2, 1]);
  });
});
