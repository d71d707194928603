import type { PluginInfo } from '@aico/schemas';
import { expect, test } from 'vitest';
import { askedText } from '../../src/cli/plugin-consent.ts';

const READ = {
  words: 'read what it stored',
  permission: { verb: 'request', topic: 'storage.kv.get.v1', reason: 'To count.' },
};

function asked(plugin: object): string {
  return askedText({ id: 'tea', permissions: [], ...plugin } as unknown as PluginInfo, false);
}

test('what a plugin asks for, and what more a newer version of it, is said in words alone [PLG-3]', () => {
  const reading = '  • read what it stored\n    request storage.kv.get.v1: To count.\n';
  expect(asked({ permissions: [READ] })).toBe(`tea asks to:\n${reading}`);
  expect(asked({})).toBe('tea asks to:\n  nothing\n');
  const update = (permissions: object[], also: string[]) => asked({ update: { version: '2.0.0', permissions, also } });
  expect(update([READ], [])).toBe(`tea asks in addition to:\n${reading}`);
  expect(update([], ['dependencies'])).toBe('tea asks in addition:\n  • other plugins\n');
  expect(update([READ], ['tier', 'quota'])).toBe(
    `tea asks in addition to:\n${reading}and:\n  • to leave the sandbox\n  • more memory, processor time or messages\n`,
  );
});
