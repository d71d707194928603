import { locateHome } from '../configuration/locate-home.ts';
import type { HomeFolders } from '../home/home-folders.ts';
import type { ConsolePowers } from './console-powers.ts';

/** Options that every command takes. */
export interface SharedOptions {
  readonly home?: string;
  readonly json?: boolean;
}

/** What a command works with. */
export interface CommandContext {
  readonly powers: ConsolePowers;
  readonly folders: HomeFolders;
  readonly json: boolean;
  /** Answers: one JSON document, or text for people. */
  answer(data: unknown, text: string): void;
}

/** The surroundings of one call of a command. */
export function commandContext(powers: ConsolePowers, options: SharedOptions): CommandContext {
  const commandLine = options.home === undefined ? {} : { home: options.home };
  const json = options.json === true;
  return {
    powers,
    json,
    folders: locateHome({ environment: powers.environment, commandLine }),
    answer: (data, text) => powers.out(json ? `${JSON.stringify(data)}\n` : withEnd(text)),
  };
}

function withEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
