import { join } from 'node:path';
import { packStranger } from '../stranger.ts';

export const PUBLISHER = 'witness-publisher';
export const CONSUMER = 'witness-consumer';
/** Of its one group, as the journal tells of it. */
export const GROUP = `${CONSUMER}/main`;

const TOPIC = 'chat.message.created.v1';
const FILE = 'witness.log';

// A line is in the hands of the operating system before anything follows from it: it survives the death of its process.
const NOTE = `
import { openSync, readFileSync, writeSync } from 'node:fs';
const openNotes = (ctx) => {
  const path = ctx.dataFolder + '/${FILE}';
  const file = openSync(path, 'a');
  // Ends a line that a kill may have torn.
  writeSync(file, '\\n');
  return { path, note: (...words) => writeSync(file, words.join(' ') + ' ' + Date.now() + '\\n') };
};`;

/** Publishes events with rising numbers, each under one of seven keys, and notes what it heard of each. */
const PUBLISHER_CODE = `${NOTE}
import { randomUUID } from 'node:crypto';
const KEYS = 7;
const told = ({ code, subject, rule, fix, message }) => encodeURIComponent(JSON.stringify({ code, subject, rule, fix, message }));
export default { activate(ctx) {
  const { path, note } = openNotes(ctx);
  const sent = readFileSync(path, 'utf8').split('\\n').filter((line) => line.startsWith('sent '));
  let number = Math.max(0, ...sent.map((line) => Number(line.split(' ')[1])));
  const publish = () => {
    const mine = ++number;
    note('sent', mine);
    const conversation = '00000000-0000-4000-8000-00000000000' + (mine % KEYS);
    const message = { id: randomUUID(), conversation, role: 'companion', status: 'complete', text: String(mine),
      createdAt: new Date().toISOString() };
    ctx.bus.publish('${TOPIC}', { message }).then(() => note('kept', mine), (error) => note('refused', mine, error.code, told(error)));
  };
  const burst = () => {
    for (let left = Math.ceil(Math.random() * 6); left > 0; left -= 1) publish();
    ctx.setTimer(Math.random() * 40, burst);
  };
  burst();
} };`;

/** Notes each event before and after it handles it, which takes some time. */
const CONSUMER_CODE = `${NOTE}
export default { async activate(ctx) {
  const { note } = openNotes(ctx);
  await ctx.bus.consume('${TOPIC}', { group: 'main' }, async ({ id, data: { message } }) => {
    note('got', message.text, message.conversation.slice(-1), id.split('/')[1]);
    await new Promise((resolve) => ctx.setTimer(Math.random() * 15, resolve));
    note('done', message.text);
  });
} };`;

const manifest = (verb: 'publish' | 'subscribe') => ({
  tier: 'trusted',
  permissions: [{ verb, topic: TOPIC, reason: 'to prove that no event is lost' }],
  process: { files: [{ path: '$data', mode: 'readWrite' }] },
});

/** Signed packages of a publisher and a consumer that write down what they see; their paths. */
export function packWitnesses(folder: string): Promise<string[]> {
  return Promise.all([
    packStranger(folder, CONSUMER, CONSUMER_CODE, manifest('subscribe')),
    packStranger(folder, PUBLISHER, PUBLISHER_CODE, manifest('publish')),
  ]);
}

/** A newer version of the consumer; its path. */
export function packNewerConsumer(folder: string, version: string): Promise<string> {
  return packStranger(folder, CONSUMER, CONSUMER_CODE, { ...manifest('subscribe'), version });
}

/** Where a witness writes. */
export function witnessFile(home: string, plugin: string): string {
  return join(home, 'data', plugin, FILE);
}
