import { AicoError, type Configuration } from '@aico/sdk';

export interface Settings {
  /** A loopback address to listen on. */
  readonly host: '127.0.0.1' | '::1';
  /** 0 takes any free port. */
  readonly port: number;
  /** A session that is not used for this long ends. */
  readonly sessionIdleMs: number;
  /** A session ends after this long, used or not. */
  readonly sessionMs: number;
  /** Requests that one address may make a minute. */
  readonly requestsPerMinute: number;
  /** Tries at the password that one address may make a minute. */
  readonly signInsPerMinute: number;
}

const LOOPBACK: Readonly<Record<string, Settings['host']>> = {
  '127.0.0.1': '127.0.0.1',
  localhost: '127.0.0.1',
  '::1': '::1',
  '[::1]': '::1',
};

/** Reads the settings, whose types the manifest's schema vouches for. @throws AicoError GATEWAY_HOST_NOT_LOOPBACK */
export function readSettings(config: Pick<Configuration, 'get'>): Settings {
  const asked = config.get<string>('host');
  const host = LOOPBACK[asked.toLowerCase()];
  if (host === undefined) throw new AicoError('GATEWAY_HOST_NOT_LOOPBACK', { subject: asked || 'nothing' });
  return {
    host,
    port: config.get<number>('port'),
    sessionIdleMs: config.get<number>('sessionIdleMinutes') * 60_000,
    sessionMs: config.get<number>('sessionHours') * 3_600_000,
    requestsPerMinute: config.get<number>('requestsPerMinute'),
    signInsPerMinute: config.get<number>('signInsPerMinute'),
  };
}
