import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, type NetworkAnswer, serveNetwork } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const manifest = JSON.parse(read('../plugin.json')) as Manifest;

/** Types `/weather …`; the test answers for the two servers. */
async function type(text: string, answers: Readonly<Record<string, NetworkAnswer>>) {
  await using kernel = await createTestKernel();
  const asked: string[] = [];
  await serveNetwork(kernel, ({ url }) => {
    asked.push(url);
    return answers[new URL(url).hostname] ?? { status: 404 };
  });
  await kernel.load({ manifest, definition });
  const chat = await kernel.peer({ id: 'chat', permissions: [{ verb: 'request', topic: 'plugin.*.command.run.v1' }] });
  const command = {
    name: 'weather',
    arguments: text,
    conversation: crypto.randomUUID(),
    time: new Date().toISOString(),
  };
  const reply = await chat.bus.request('plugin.weather.command.run.v1', command);
  return { text: reply.text, asked };
}

const OSLO = { text: read('answers/oslo.json') };
const FORECAST = { text: read('answers/forecast.json') };

test('asks where a place is, then how its weather is [PLG-9]', async () => {
  const { text, asked } = await type('  Oslo ', {
    'geocoding-api.open-meteo.com': OSLO,
    'api.open-meteo.com': FORECAST,
  });
  expect(text).toContain('**Oslo, Norway**: 0 °C, snow');
  expect(asked).toEqual([
    'https://geocoding-api.open-meteo.com/v1/search?name=Oslo&count=1&language=en&format=json',
    'https://api.open-meteo.com/v1/forecast?latitude=59.91&longitude=10.75&current=temperature_2m,weather_code,wind_speed_10m&daily=weather_code,temperature_2m_max,temperature_2m_min,precipitation_sum&timezone=auto&forecast_days=3',
  ]);
});

test.each([
  ['nothing', '', {}, 'Where? For instance `/weather Oslo`.'],
  [
    'an unknown place',
    'Brgl & Co',
    { 'geocoding-api.open-meteo.com': { text: '{}' } },
    'No place called “Brgl & Co” was found.',
  ],
  ['a server that has enough', 'Oslo', { 'geocoding-api.open-meteo.com': { status: 429 } }, 'Try again in a minute.'],
  ['a server that fails', 'Oslo', { 'geocoding-api.open-meteo.com': OSLO }, 'does not know at the moment (404)'],
  [
    'a forecast that is none',
    'Oslo',
    { 'geocoding-api.open-meteo.com': OSLO, 'api.open-meteo.com': { text: '[]' } },
    'cannot be read',
  ],
])('says what to do about %s [PLG-9]', async (_, typed, answers, said) => {
  expect((await type(typed, answers)).text).toContain(said);
});
