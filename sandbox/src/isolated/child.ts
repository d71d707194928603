import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SealingPort } from '@aico/sdk/sealing';
import type ivm from 'isolated-vm';
import { closeAddons, closeNetwork, loadAddon } from '../child/addons.ts';
import { BusPort } from '../child/bus-port.ts';
import { openDebuggerPipe } from '../child/debugger-pipe.ts';
import { reportFailure } from '../child/failure.ts';
import { writeLogLine } from '../child/json-log.ts';
import { endNow, receiveHandOver, tellParent } from '../child/parent-pipe.ts';
import { timers } from '../child/timers.ts';
import { unopened } from '../child/unopened.ts';
import { GUEST_FILE } from './guest-file.ts';
import { GuestHost } from './guest-host.ts';

// The entry of an isolated plugin's process: only an isolate in it ever runs the plugin's code.
async function main(): Promise<void> {
  const { handOver, files } = await receiveHandOver();
  const { manifest, isolate, addons } = handOver;
  if (isolate === undefined || addons.isolatedVm === undefined) throw new Error('the hand-over names no isolate');
  const port = await BusPort.connect(handOver.credentials, addons.sodium, endNow);
  const vm = (loadAddon(addons.isolatedVm) as { readonly ivm: typeof ivm }).ivm;
  const pipe = handOver.inspected === true ? openDebuggerPipe() : undefined;
  const guestCode = readFileSync(join(import.meta.dirname, GUEST_FILE), 'utf8');
  closeAddons();
  closeNetwork();
  process.permission?.drop('fs.read');
  tellParent({ type: 'ready' });

  const guest = new GuestHost({
    vm,
    guestCode,
    port,
    records: new SealingPort({ port, self: manifest.id, timers, onProblem: unopened }),
    files,
    limits: isolate,
    debugger: pipe,
    onLog: writeLogLine,
    onLimit: (cause) => {
      tellParent({ type: 'ending', cause });
      endNow();
    },
    onEnd: () =>
      void port.close().then(() => {
        tellParent({ type: 'ended' });
        endNow();
      }),
  });
  try {
    await guest.start(handOver);
  } catch (error) {
    writeLogLine(reportFailure(port, manifest.id, error));
  }
}

await main();
