import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SealingPort } from '@aico/sdk/sealing';
import { loadSodium } from '@aico/zmtp';
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
  // Whatever is the same for every plugin comes first: this process may wait for long until it is told what to run.
  const [, , sodium = '', isolatedVm = ''] = process.argv;
  loadSodium(sodium);
  const vm = (loadAddon(isolatedVm) as { readonly ivm: typeof ivm }).ivm;
  const guestCode = readFileSync(join(import.meta.dirname, GUEST_FILE), 'utf8');
  closeAddons();

  const { handOver, files } = await receiveHandOver();
  const { manifest, isolate } = handOver;
  if (isolate === undefined) throw new Error('the hand-over names no isolate');
  const port = await BusPort.connect(handOver.credentials, sodium, endNow);
  const pipe = handOver.inspected === true ? openDebuggerPipe() : undefined;
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
