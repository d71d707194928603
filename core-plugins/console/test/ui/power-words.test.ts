import { TOPICS } from '@aico/schemas';
import { expect, test } from 'vitest';
import { translatePower } from '../../ui/src/i18n/power-words.ts';
import { powersDe } from '../../ui/src/i18n/powers-de.ts';

const german = (text: string): string => translatePower(text, powersDe);

test('every power and every limit of the contracts has German words, and no other [UI-1, PLG-2]', () => {
  const powers = new Set(TOPICS.flatMap(({ words }) => Object.values(words)));
  expect([...powersDe.powers.keys()].toSorted()).toEqual([...powers].toSorted());
  const limits = new Set(TOPICS.flatMap(({ limits: of = {} }) => Object.values(of)));
  expect(powersDe.limits.map(([theirs]) => theirs).toSorted()).toEqual([...limits].toSorted());
});

test.for([
  ['lock the vault', 'den Tresor abschließen'],
  ['contact other computers, only api.met.no, example.org', 'andere Rechner ansprechen, nur api.met.no, example.org'],
  [
    'contact other computers, and stay connected, also without encryption, only nas.local',
    'andere Rechner ansprechen und mit ihnen verbunden bleiben, auch unverschlüsselt, nur nas.local',
  ],
  [
    'contact other computers, only a.b, those that you name in its settings, under "feeds" and 2 more; lock the vault',
    'andere Rechner ansprechen, nur a.b, die du in seinen Einstellungen nennst, unter „feeds“ und 2 weitere; den Tresor abschließen',
  ],
  ['also without encryption', 'auch unverschlüsselt'],
  // What somebody else's contract says, or what was cut off, stays as it is.
  ['request plugin.dice.roll.v1', 'request plugin.dice.roll.v1'],
  ['api.met.no', 'api.met.no'],
  ['lock the vault; notice when the vau', 'den Tresor abschließen; notice when the vau'],
])('"%s" is said in German [PLG-2]', ([english, expected]) => {
  expect(german(english ?? '')).toBe(expected);
});
