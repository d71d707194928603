import type { Bus, PluginInfo, PluginState } from '@aico/sdk';
import { expect, test } from 'vitest';
import { CommandBook } from '../src/command-book.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A book of commands beside one plugin, Dice, in a state. */
function bookBeside(state: PluginState): CommandBook {
  const dice = {
    id: 'dice',
    name: 'Dice',
    state,
    enabled: state !== 'stopped',
    commands: [{ name: 'roll', description: 'Roll dice' }],
  };
  const tools = [{ name: 'roll', title: 'Roll dice', description: 'Rolls.', input: { type: 'object' } }];
  const plugins = [{ ...dice, tools } as unknown as PluginInfo];
  const bus = { request: async () => ({ plugins }) } as unknown as Bus;
  return new CommandBook(bus, silent);
}

test.each(['active', 'suspended', 'updating'] as const)(
  'a plugin that is %s brings its commands and tools [PLG-5, UPD-4]',
  async (state) => {
    const book = bookBeside(state);
    expect(await book.find('roll')).toMatchObject({ plugin: 'dice', pluginName: 'Dice' });
    expect(await book.findAbsent('roll')).toBeUndefined();
    expect((await book.tools()).map(({ name }) => name)).toEqual(['roll']);
  },
);

test.each(['stopped', 'starting', 'backoff', 'quarantined', 'awaitingConsent'] as const)(
  'a plugin that is %s brings none, and is known to have them [PLG-1]',
  async (state) => {
    const book = bookBeside(state);
    expect((await book.list()).map(({ name }) => name)).toEqual(['help']);
    expect(await book.findAbsent('roll')).toMatchObject({ pluginName: 'Dice', enabled: state !== 'stopped' });
    expect(await book.tools()).toEqual([]);
  },
);
