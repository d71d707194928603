import type { FetchResponse } from '@aico/sdk';
import { describeForecast } from './describe-forecast.ts';
import { forecastUrl, placeUrl } from './open-meteo.ts';
import { readForecast, readPlace } from './read-forecast.ts';

const MAX_PLACE = 100;

/** What `/weather` answers to what was typed after it, Markdown. */
export async function answerWeather(typed: string, get: (url: string) => Promise<FetchResponse>): Promise<string> {
  const wanted = typed.trim().slice(0, MAX_PLACE);
  if (wanted === '') return 'Where? For instance `/weather Oslo`.';
  const places = await get(placeUrl(wanted));
  if (!places.ok) return busy(places);
  const place = readPlace(await places.json());
  if (place === undefined) return `No place called “${wanted}” was found.`;
  const weather = await get(forecastUrl(place));
  if (!weather.ok) return busy(weather);
  const forecast = readForecast(await weather.json());
  if (forecast === undefined) return 'Open-Meteo answered in a way that cannot be read.';
  return describeForecast(place, forecast);
}

function busy({ status }: FetchResponse): string {
  return status === 429
    ? 'Open-Meteo takes no more questions for now. Try again in a minute.'
    : `Open-Meteo does not know at the moment (${status}). Try again later.`;
}
