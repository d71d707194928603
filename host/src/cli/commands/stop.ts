import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AicoError } from '@aico/schemas';
import { isAnswered } from '../../door/door-claim.ts';
import { askFacts } from '../../door/door-client.ts';
import { processIdFile } from '../../door/door-protocol.ts';
import { hostFolder } from '../../home/host-folder.ts';
import { hostAddress, withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

const STOP_TIMEOUT_S = 30;
const LOOK_EVERY_MS = 50;

/** `aico stop`: asks for a graceful stop and waits for its end; `--force` ends the process at once. */
export async function runStop(context: CommandContext, force: boolean): Promise<number> {
  const address = hostAddress(context.folders);
  if (!(await isAnswered(address))) {
    context.answer({ stopped: false, running: false }, 'AICO does not run.');
    return EXIT.done;
  }
  const processId = force ? readProcessId(context) : await askToStop(context, address);
  if (force) process.kill(processId, 'SIGKILL');
  await waitForEnd(processId);
  context.answer({ stopped: true, running: false, processId }, 'AICO has stopped.');
  return EXIT.done;
}

async function askToStop(context: CommandContext, address: string): Promise<number> {
  const facts = await askFacts(address);
  if (facts === undefined) throw new AicoError('HOST_NOT_ANSWERING', { subject: context.folders.home });
  if (!context.json) context.powers.err('Stopping …\n');
  if (facts.state !== 'stopping') {
    await withBus(context.folders, (bus) => bus.request('kernel.stop.request.v1', { reason: 'aico stop' }));
  }
  return facts.processId;
}

/** A host that hangs cannot tell its number any more; it wrote it down when it started. */
function readProcessId({ folders }: CommandContext): number {
  const file = processIdFile(hostFolder(folders.home));
  const processId = Number(readFileSync(file, 'utf8'));
  if (Number.isSafeInteger(processId) && processId > 1) return processId;
  throw new AicoError('HOST_NOT_ANSWERING', { subject: folders.home });
}

async function waitForEnd(processId: number): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_S * 1000;
  while (isAlive(processId)) {
    if (Date.now() > deadline) {
      const details = { limit: STOP_TIMEOUT_S };
      throw new AicoError('HOST_STOP_TIMEOUT', { subject: `process ${processId}`, details });
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
