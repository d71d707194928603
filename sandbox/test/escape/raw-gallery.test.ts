import { describe, expect, test } from 'vitest';
import { probeBubblewrap } from '../../src/launch/bubblewrap.ts';
import { loadRawAttacks } from './gallery.ts';
import type { Layers } from './raw-attack.ts';
import { RawArena } from './support/raw-arena.ts';
import type { RawFinding } from './support/raw-process.ts';

const AT_ONCE = 4;
const attacks = await loadRawAttacks();
const bubblewrap = await probeBubblewrap();
// The baits are those of a Unix: /proc, sockets that are files, signals.
const isUnix = process.platform !== 'win32';

describe.for<Layers>(['both', 'node permissions', 'bubblewrap'])(
  'with the isolate broken and %s standing',
  (layers) => {
    test.skipIf(!isUnix || (!bubblewrap.on && layers !== 'node permissions'))(
      'a process of the isolated tier gets at nothing, and changes nothing [PLG-2, PLG-6]',
      { timeout: 120_000 },
      async () => {
        await using arena = await RawArena.open();
        const waiting = attacks.filter(({ unless = [] }) => !unless.includes(layers));
        expect(waiting.length).toBeGreaterThan(30);
        const findings: RawFinding[] = [];
        const runAll = async (): Promise<void> => {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            findings.push(await arena.run(next, layers));
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, runAll));
        // An attack that said nothing did not run to its end: that would prove nothing.
        expect(findings.filter(({ got, refusal }) => got !== undefined || !refusal.includes('refused: '))).toEqual([]);
        expect(await arena.damage()).toEqual([]);
      },
    );
  },
);

test.skipIf(!isUnix)(
  'with nothing standing the attacks do get at things, so that their failures mean something',
  async () => {
    const biting = [
      'reads the user’s diary',
      'connects to a server on this machine',
      'connects to the socket of another plugin',
      'reads the data folder of another plugin',
      'starts Node again without permissions',
      'sends a signal to the host',
    ];
    await using arena = await RawArena.open();
    const findings = await Promise.all(
      attacks.filter(({ title }) => biting.includes(title)).map((attack) => arena.run(attack, 'none')),
    );
    expect(
      findings
        .filter(({ got }) => got !== undefined)
        .map(({ title }) => title)
        .sort(),
    ).toEqual(biting.sort());
    expect(await arena.damage()).toContain('somebody connected to the listener');
  },
);
