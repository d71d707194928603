import { connectRecordPort } from '@aico/sandbox/client';
import { AicoError, RecordKind } from '@aico/schemas';
import { BusClient, Scope } from '@aico/sdk/internal';
import { askPass } from '../door/door-client.ts';
import { doorAddress } from '../door/door-protocol.ts';
import type { HomeFolders } from '../home/home-folders.ts';
import { hostFolder } from '../home/host-folder.ts';
import { explainAbsence } from './absent-server.ts';
import { CLI_PEER } from './grants.ts';

/** The four verbs, as far as the command is granted them. */
export type CommandBus = ReturnType<BusClient['asBus']>;

/** The address of the host of a data folder. */
export function hostAddress({ home }: HomeFolders): string {
  return doorAddress(hostFolder(home));
}

/**
 * Talks over the bus to the host that runs, as a peer of its own.
 * @throws AicoError HOST_NOT_RUNNING, HOST_NOT_ANSWERING, why nobody answers, or what a request answers
 */
export async function withBus<Result>(
  folders: HomeFolders,
  use: (bus: CommandBus) => Promise<Result>,
): Promise<Result> {
  const pass = await askPass(hostAddress(folders));
  if (pass === undefined) throw notRunning(folders);
  const port = await connectRecordPort(CLI_PEER, pass.credentials);
  const scope = new Scope(CLI_PEER);
  const timers = {
    after: (milliseconds: number, handler: () => void) => {
      const timer = setTimeout(handler, milliseconds);
      return () => clearTimeout(timer);
    },
  };
  const client = new BusClient({ plugin: CLI_PEER, port, timers, scope, onFailure: () => undefined });
  port.receive((record) => {
    if (record.kind !== RecordKind.lifecycle) client.receive(record);
  });
  const gone = pass.ended.then(() => Promise.reject(new AicoError('HOST_NOT_ANSWERING', { subject: folders.home })));
  // Our own end closes the connection too; then nobody listens any more.
  gone.catch(() => undefined);
  try {
    const bus = client.asBus();
    const used = use(bus).catch(async (error) => Promise.reject(await explainAbsence(bus, error)));
    return await Promise.race([used, gone]);
  } finally {
    await scope.close();
    await port.close();
    pass.close();
  }
}

export function notRunning({ home }: HomeFolders): AicoError {
  return new AicoError('HOST_NOT_RUNNING', { subject: home });
}
