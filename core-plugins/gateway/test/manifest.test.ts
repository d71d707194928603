import { TOPICS, validators } from '@aico/sdk/protocol';
import { describe, expect, test } from 'vitest';
import { MANIFEST } from './support/house.ts';

/** What the gateway needs beside the exposed topics, for itself. */
const OWN = [
  'kernel.trail.note.v1',
  'kernel.gallery.picture.v1',
  'kernel.endpoint.announce.v1',
  'plugin.*.asset.get.v1',
  'vault.recovery.unlock.v1',
  'vault.setup.run.v1',
  'vault.unlock.run.v1',
]
  .map((topic) => ['request', topic])
  .concat([['subscribe', 'vault.password.changed.v1']]);

describe('the gateway’s manifest', () => {
  test('is valid', () => {
    expect(validators['manifest#Manifest'](MANIFEST)).toBe(true);
  });

  test('asks for exactly the exposed topics and its own few [SEC-4, PLG-2]', () => {
    const exposed = TOPICS.filter(({ expose }) => expose).map(({ kind, topic }) => [
      kind === 'event' ? 'subscribe' : 'request',
      topic,
    ]);
    const asked = MANIFEST.permissions.map(({ verb, topic }) => [verb, topic]);
    expect(asked.toSorted()).toEqual([...exposed, ...OWN].toSorted());
  });
});
