import type { Day, Forecast, Place } from './read-forecast.ts';

/** WMO code 4677, as Open-Meteo uses it: up to this code, this sign and these words. */
const SKIES: readonly (readonly [upTo: number, sign: string, words: string])[] = [
  [0, '☀️', 'clear'],
  [2, '🌤️', 'partly cloudy'],
  [3, '☁️', 'overcast'],
  [48, '🌫️', 'fog'],
  [57, '🌦️', 'drizzle'],
  [67, '🌧️', 'rain'],
  [77, '🌨️', 'snow'],
  [82, '🌧️', 'showers'],
  [86, '🌨️', 'snow showers'],
  [99, '⛈️', 'thunderstorm'],
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The weather in a few lines, Markdown. */
export function describeForecast({ name, country }: Place, { now, days }: Forecast): string {
  const { sign, words } = skyOf(now.code);
  const where = country === undefined ? name : `${name}, ${country}`;
  const head = `${sign} **${where}**: ${degrees(now.temperature)}, ${words}, wind ${Math.round(now.windKmh)} km/h`;
  return [head, ...days.map(lineOf)].join('\n');
}

function lineOf({ date, code, low, high, rain }: Day): string {
  const { sign, words } = skyOf(code);
  const wet = rain >= 0.1 ? `, ${rain.toFixed(rain < 10 ? 1 : 0)} mm` : '';
  return `- ${DAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]}: ${sign} ${words}, ${degrees(low)} to ${degrees(high)}${wet}`;
}

function skyOf(code: number): { readonly sign: string; readonly words: string } {
  const [, sign, words] = SKIES.find(([upTo]) => code <= upTo) ?? [0, '🌡️', 'unknown sky'];
  return { sign, words };
}

function degrees(value: number): string {
  return `${Math.round(value) + 0} °C`.replace('-', '−');
}
