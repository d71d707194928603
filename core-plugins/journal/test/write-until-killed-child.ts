// Keeps and consumes events in a journal until it is killed; prints what was acknowledged and what it handled.
import { writeSync } from 'node:fs';
import { Journal } from '../src/journal.ts';

const [folder = '', startText = '0'] = process.argv.slice(2);
const KEYS = 7;
const PATTERN = 'chat.message.created.v1';
const say = (line: string): void => void writeSync(1, `${line}\n`);

const journal = await Journal.open({
  folder,
  key: Buffer.alloc(32, 7),
  now: Date.now,
  after: (milliseconds, handler) => {
    const timer = setTimeout(handler, milliseconds);
    return () => clearTimeout(timer);
  },
  report: {
    damaged: (file, at, problem) => say(`damaged ${file} ${at} ${problem}`),
    dead: (_group, { sequence }) => say(`dead ${sequence}`),
    failed: (doing, error) => say(`failed ${doing} ${error}`),
    dropped: () => {},
  },
  segmentBytes: 100_000,
  compactBytes: 20_000,
});
const group = await journal.join('memory/main', { pattern: PATTERN, group: 'main', from: { at: 'start' } });
const settle = (acknowledged: number[], returned: number[]): void => {
  const back = returned.map((sequence) => ({ sequence, delayMs: Math.random() * 20 }));
  group.settle({ pattern: PATTERN, group: 'main', acknowledged, returned: back }, 'a');
};
// A member that goes away and comes again, returns some, and settles the rest soon.
const join = (): void => {
  const member = group.join(
    {
      incarnation: 'a',
      maxInFlight: 50,
      onFailure: () => {},
      write: async ({ sequence, attempt, data }) => {
        const { number } = data as { number: number };
        say(`got ${number} ${sequence} ${attempt}`);
        setTimeout(() => {
          if (Math.random() < 0.1 && attempt < 4) settle([], [sequence]);
          else {
            say(`done ${number}`);
            settle([sequence], []);
          }
        }, Math.random() * 5);
      },
    },
    50,
  );
  setTimeout(
    () => {
      group.leave(member);
      join();
    },
    20 + Math.random() * 60,
  );
};
join();

let number = Number(startText);
const publish = async (): Promise<void> => {
  for (;;) {
    number += 1;
    const mine = number;
    const payload = JSON.stringify({ number: mine, key: `k${mine % KEYS}`, filler: 'x'.repeat((mine * 37) % 900) });
    await journal.append({ topic: PATTERN, time: Date.now(), sender: 'chat', incarnation: 'chat-1', payload });
    say(`kept ${mine}`);
    if (mine % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
for (let times = 0; times < 4; times += 1) void publish();
