import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BrowserSession, PASSWORD } from '../../test/support/browser-session.ts';
import { Product } from '../../test/support/product.ts';
import { packStranger, trustStranger } from '../../test/support/stranger.ts';
import { weighWhile } from '../../test/support/weigh.ts';

const BYTES = 1_000_000_000;
const WITHIN_MS = 15 * 60_000;
const MOST_GROWTH_MB = 160;
const ID = 'camera';

/** Writes noise that it can make again as a blob, reads it back, and notes what came of both. */
const CAMERA = `
import { createCipheriv, createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
const PART = Buffer.alloc(1_000_000);
export default { async activate(ctx) {
  const note = (outcome) => {
    writeFileSync(ctx.dataFolder + '/outcome.tmp', JSON.stringify(outcome));
    renameSync(ctx.dataFolder + '/outcome.tmp', ctx.dataFolder + '/outcome');
  };
  ctx.setTimer(5000, async () => {
    try {
      const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16));
      const [sent, got] = [createHash('sha256'), createHash('sha256')];
      async function* parts() {
        for (let at = 0; at < ${BYTES}; at += PART.length) {
          const part = noise.update(PART);
          sent.update(part);
          yield part;
        }
      }
      const begun = performance.now();
      const { id, size } = await ctx.blobs.write(parts());
      const written = performance.now();
      for await (const piece of ctx.blobs.read(id)) got.update(piece);
      const read = performance.now();
      const same = sent.digest('hex') === got.digest('hex');
      note({ size, same, writeMs: written - begun, readMs: read - written });
    } catch (error) {
      note({ problem: error.code + ': ' + error.message });
    }
  });
} };`;
const TOPICS = ['write', 'finish', 'abort', 'read'].map((name) => `blob.${name}.v1`);

/**
 * A plugin of the running product writes a file of 1 GB as a blob and reads it back.
 * @returns whether it came back as it was, and no process grew with it
 */
export async function proveBlobs(): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), 'aico-blobs-'));
  await trustStranger(home, 'trusted');
  const product = await Product.launch(home);
  try {
    await product.unlock(PASSWORD, '--create');
    await product.aico('plugin', 'install', await packCamera(home));
    await product.aico('plugin', 'enable', ID);
    const session = await BrowserSession.unlock(product.url);
    const processIds = {
      kernel: product.processId,
      storage: (await session.plugin('storage')).processId ?? 0,
      plugin: (await session.plugin(ID)).processId ?? 0,
    };
    const outcome = readOutcome(join(home, 'data', ID, 'outcome'));
    const weights = await Promise.all(
      Object.entries(processIds).map(async ([name, id]) => ({ name, ...(await weighWhile(id, () => outcome)) })),
    );
    const { size, same, writeMs = 0, readMs = 0, problem } = await outcome;
    if (problem !== undefined) {
      console.log(problem);
      return false;
    }
    const speed = (ms: number): string => `${(BYTES / 1000 / ms).toFixed(0)} MB/s`;
    console.log(
      `${size} bytes written at ${speed(writeMs)} and read at ${speed(readMs)}, ${same ? 'the same' : 'OTHERS'}`,
    );
    for (const { name, before, peak } of weights)
      console.log(`${name}: ${before.toFixed(0)} MB before, ${peak.toFixed(0)} MB at most`);
    return same === true && size === BYTES && weights.every(({ before, peak }) => peak - before < MOST_GROWTH_MB);
  } finally {
    await product.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function packCamera(home: string): Promise<string> {
  return packStranger(home, ID, CAMERA, {
    tier: 'trusted',
    needs: ['vault.unlocked'],
    contracts: { blob: '^1.0.0' },
    permissions: TOPICS.map((topic) => ({ verb: 'request', topic, reason: 'To keep films.' })),
    process: { files: [{ path: '$data', mode: 'readWrite' }] },
    quota: { storageMb: 2048, bytesPerSecond: 1_000_000_000, cpuMsPerSecond: 4000, memoryMb: 512 },
  });
}

interface Outcome {
  readonly size?: number;
  readonly same?: boolean;
  readonly writeMs?: number;
  readonly readMs?: number;
  readonly problem?: string;
}

async function readOutcome(path: string): Promise<Outcome> {
  const until = Date.now() + WITHIN_MS;
  while (!existsSync(path)) {
    if (Date.now() > until) return { problem: 'it took too long' };
    await delay(200);
  }
  return JSON.parse(readFileSync(path, 'utf8')) as Outcome;
}
