import { createRequire } from 'node:module';
import type { PrettyOptions } from 'pino-pretty';

type PinoPretty = typeof import('pino-pretty');

/** Where lines for people go. */
export interface LogTerminal {
  readonly colors: boolean;
  /** Whether somebody looks at it; what goes elsewhere is kept, by a service manager or in a file. */
  readonly isSeen: boolean;
  write(text: string): void;
}

/** Most starts have nothing to show: what makes lines readable is loaded with the first one. */
export function prettyTerminal({ colors, write }: LogTerminal): { write(line: string): void } {
  const options: PrettyOptions = {
    colorize: colors,
    ignore: 'name,stack,sealed',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    messageFormat: '{name}: {msg}',
  };
  let pretty: ((line: string) => string) | undefined;
  return {
    write: (line) => {
      pretty ??= (createRequire(import.meta.url)('pino-pretty') as PinoPretty).prettyFactory(options);
      write(pretty(line));
    },
  };
}
