/** A plugin of the storm, as `packStranger` wants it. */
export interface StormPlugin {
  readonly id: string;
  readonly code: string;
  readonly manifest: object;
}

const TOPIC = 'chat.message.created.v1';
const FILES = { process: { files: [{ path: '$data', mode: 'readWrite' }] }, tier: 'trusted' };

/** Publishes numbers, one after another for each of seven keys, and writes down each that was acknowledged. */
export const TELLER: StormPlugin = {
  id: 'teller',
  manifest: {
    ...FILES,
    permissions: [{ verb: 'publish', topic: TOPIC, reason: 'to tell numbers' }],
  },
  code: `import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
const keys = Array.from({ length: 7 }, (_, at) => '00000000-0000-4000-8000-00000000000' + at);
// Every life goes on above the numbers of the one before.
let last = Date.now() * 1000;
export default { async activate(ctx) {
  const file = join(ctx.dataFolder, 'witness.log');
  const tell = async (conversation) => {
    while (!ctx.signal.aborted) {
      const number = (last += 1);
      const message = { id: crypto.randomUUID(), conversation, role: 'user', status: 'complete', text: String(number), createdAt: new Date().toISOString() };
      try {
        await ctx.bus.publish('${TOPIC}', { message });
        appendFileSync(file, conversation + ' ' + number + '\\n');
      } catch {
        // Not acknowledged: nobody promised anything.
      }
      await sleep(5);
    }
  };
  for (const key of keys) void tell(key);
} };`,
};

/** Consumes them, and writes down each before it is settled. */
export const HEARER: StormPlugin = {
  id: 'hearer',
  manifest: {
    ...FILES,
    permissions: [{ verb: 'subscribe', topic: TOPIC, reason: 'to hear numbers' }],
  },
  code: `import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
export default { async activate(ctx) {
  const file = join(ctx.dataFolder, 'witness.log');
  await ctx.bus.consume('${TOPIC}', { group: 'main', maxAttempts: 100, from: { at: 'start' } }, ({ data: { message } }) => {
    appendFileSync(file, message.conversation + ' ' + message.text + ' ' + Date.now() + '\\n');
  });
} };`,
};
