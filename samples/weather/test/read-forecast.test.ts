import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeForecast } from '../src/describe-forecast.ts';
import { readForecast, readPlace } from '../src/read-forecast.ts';

const answer = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`answers/${name}.json`, import.meta.url), 'utf8'));

test('an answer becomes a few lines [PLG-9]', () => {
  const place = readPlace(answer('oslo'));
  const forecast = readForecast(answer('forecast'));
  if (place === undefined || forecast === undefined) throw new Error('the answers cannot be read');
  expect(describeForecast(place, forecast)).toBe(
    [
      '🌨️ **Oslo, Norway**: 0 °C, snow, wind 11 km/h',
      '- Thursday: 🌨️ snow, −3 °C to 1 °C, 4.3 mm',
      '- Friday: ☁️ overcast, −2 °C to 2 °C',
      '- Saturday: 🌧️ rain, 0 °C to 4 °C, 12 mm',
    ].join('\n'),
  );
});

test('a place that is not known is no place [PLG-9]', () => {
  expect(readPlace(answer('nowhere'))).toBe(undefined);
});

test.each([
  ['nothing', undefined],
  ['a text', 'Oslo'],
  ['a list', []],
  ['null where fields belong', { current: null, daily: null }],
  ['text where numbers belong', { current: { temperature_2m: 'warm', weather_code: 0, wind_speed_10m: 1 } }],
])('%s is no forecast, and harms nobody [PLG-9]', (_, given) => {
  expect([readForecast(given), readPlace(given)]).toEqual([undefined, undefined]);
});

test('a place beyond the earth is none, and a name cannot bring Markdown along [PLG-9]', () => {
  const place = (fields: object) => readPlace({ results: [{ name: 'X', latitude: 0, longitude: 0, ...fields }] });
  expect(place({ latitude: 91 })).toBe(undefined);
  expect(place({ name: '**[Oslo](javascript:x)**\n# Hi' })?.name).toBe('Oslo(javascriptx) Hi');
});

test('days that are not complete are left out [PLG-9]', () => {
  const { current } = answer('forecast');
  const daily = {
    time: ['2026-11-26', '27 November', '2026-11-28'],
    weather_code: [0, 0, 0],
    temperature_2m_min: [1, 1],
    temperature_2m_max: [2, 2, 2],
  };
  expect(readForecast({ current, daily })?.days).toEqual([{ date: '2026-11-26', code: 0, low: 1, high: 2, rain: 0 }]);
});
