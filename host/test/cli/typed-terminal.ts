import { PassThrough } from 'node:stream';
import type { ConsolePowers } from '../../src/cli/console-powers.ts';

/** A terminal, or none, on which a test types: what it was shown, and when it was to hide what is typed. */
export function typedTerminal(isTerminal: boolean) {
  const input = new PassThrough();
  let shown = '';
  const modes: boolean[] = [];
  const stdin = Object.assign(input, { isTTY: isTerminal, setRawMode: (raw: boolean) => void modes.push(raw) });
  const powers: ConsolePowers = {
    environment: {},
    out: () => undefined,
    err: (text) => {
      shown += text;
    },
    outClosed: new AbortController().signal,
    isTerminal,
    columns: 80,
    colors: { out: false, err: false },
    stdin: stdin as unknown as NodeJS.ReadStream,
  };
  return { powers, input, modes, shown: () => shown };
}
