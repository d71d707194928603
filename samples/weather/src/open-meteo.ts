import type { Place } from './read-forecast.ts';

/** https://open-meteo.com/en/docs/geocoding-api */
export function placeUrl(name: string): string {
  return `https://geocoding-api.open-meteo.com/v1/search?name=${encodeURIComponent(name)}&count=1&language=en&format=json`;
}

/** https://open-meteo.com/en/docs */
export function forecastUrl({ latitude, longitude }: Place): string {
  const current = 'temperature_2m,weather_code,wind_speed_10m';
  const daily = 'weather_code,temperature_2m_max,temperature_2m_min,precipitation_sum';
  const place = `latitude=${latitude.toFixed(2)}&longitude=${longitude.toFixed(2)}`;
  return `https://api.open-meteo.com/v1/forecast?${place}&current=${current}&daily=${daily}&timezone=auto&forecast_days=3`;
}
