export interface Place {
  readonly name: string;
  readonly country: string | undefined;
  readonly latitude: number;
  readonly longitude: number;
}

export interface Day {
  /** YYYY-MM-DD, where the place is. */
  readonly date: string;
  /** WMO code 4677. */
  readonly code: number;
  /** °C. */
  readonly low: number;
  readonly high: number;
  /** mm. */
  readonly rain: number;
}

export interface Forecast {
  readonly now: { readonly temperature: number; readonly code: number; readonly windKmh: number };
  readonly days: readonly Day[];
}

const MAX_DAYS = 7;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The first place of a search, or undefined. What a server sends is nobody's promise: each field is looked at. */
export function readPlace(answer: unknown): Place | undefined {
  const [first] = listAt(answer, 'results');
  const latitude = numberAt(first, 'latitude');
  const longitude = numberAt(first, 'longitude');
  const name = textAt(first, 'name');
  if (latitude === undefined || longitude === undefined || name === undefined) return undefined;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  return { name, country: textAt(first, 'country'), latitude, longitude };
}

/** The forecast, or undefined when it is not one. Days that are not complete are left out. */
export function readForecast(answer: unknown): Forecast | undefined {
  const current = at(answer, 'current');
  const temperature = numberAt(current, 'temperature_2m');
  const code = numberAt(current, 'weather_code');
  const windKmh = numberAt(current, 'wind_speed_10m');
  if (temperature === undefined || code === undefined || windKmh === undefined) return undefined;
  const daily = at(answer, 'daily');
  const days = listAt(daily, 'time')
    .slice(0, MAX_DAYS)
    .flatMap((date, index) => readDay(daily, date, index) ?? []);
  return { now: { temperature, code, windKmh }, days };
}

function readDay(daily: unknown, date: unknown, index: number): Day | undefined {
  const value = (key: string): number | undefined => numberAt(listAt(daily, key), index);
  const [code, low, high] = [value('weather_code'), value('temperature_2m_min'), value('temperature_2m_max')];
  if (typeof date !== 'string' || !DATE.test(date)) return undefined;
  if (code === undefined || low === undefined || high === undefined) return undefined;
  return { date, code, low, high, rain: value('precipitation_sum') ?? 0 };
}

function at(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, unknown>)[key];
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = at(value, key);
  return Array.isArray(list) ? list : [];
}

function numberAt(value: unknown, key: string | number): number | undefined {
  const number = at(value, key);
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Short text on one line, without what Markdown would act on. */
function textAt(value: unknown, key: string): string | undefined {
  const text = at(value, key);
  if (typeof text !== 'string') return undefined;
  const plain = text
    .replace(/[^\p{L}\p{N} .,'’()-]/gu, '')
    .slice(0, 80)
    .trim();
  return plain === '' ? undefined : plain;
}
