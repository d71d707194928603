import { startPlugin } from '@aico/sdk/internal';
import { SealingPort } from '@aico/sdk/sealing';
import { closeAddons, closeNetwork } from '../child/addons.ts';
import { BusPort } from '../child/bus-port.ts';
import { reportFailure } from '../child/failure.ts';
import { createJsonLog, writeLogLine } from '../child/json-log.ts';
import { endNow, receiveHandOver, tellParent } from '../child/parent-pipe.ts';
import { timers } from '../child/timers.ts';
import { unopened } from '../child/unopened.ts';
import { loadPlugin } from './module-loader.ts';

// The entry of a trusted plugin's process: a plain Node process under --permission.
const { handOver, files } = await receiveHandOver();
const { manifest } = handOver;
const [, , sodium = ''] = process.argv;
const port = await BusPort.connect(handOver.credentials, sodium, endNow);
if (manifest.process?.addons !== true) closeAddons();
if (manifest.process?.network !== true) closeNetwork();
tellParent({ type: 'ready' });

try {
  const module = await loadPlugin({ manifest, files, installFolder: handOver.installFolder ?? '/' });
  startPlugin({
    port: new SealingPort({ port, self: manifest.id, timers, onProblem: unopened }),
    timers,
    log: createJsonLog(),
    definition: module.default,
    manifest,
    grants: handOver.grants,
    configuration: handOver.configuration,
    assets: { read: (path) => files.get(path), paths: [...files.keys()] },
    dataFolder: handOver.dataFolder,
    standby: handOver.standby,
    onEnd: () => void port.close().then(() => process.exit(0)),
  });
} catch (error) {
  writeLogLine(reportFailure(port, manifest.id, error));
}
