import type { PeerCredentials } from '@aico/kernel/contracts';
import type { AicoError } from '@aico/schemas';
import type { RecordPort } from '@aico/sdk/internal';
import { SealingPort } from '@aico/sdk/sealing';
import { sodiumFile } from '@aico/zmtp/sodium-file';
import { BusPort } from './child/bus-port.ts';
import { timers } from './child/timers.ts';

/** A connection to the bus that its owner closes. */
export interface ClientPort extends RecordPort {
  /** Resolves when everything that was sent has left. */
  close(): Promise<void>;
}

export interface ClientOptions {
  /** Told of what came sealed and could not be opened. */
  readonly onProblem?: (topic: string, error: AicoError) => void;
}

/** Connects an ordinary process, such as the command line, as the peer `id` that the credentials are for. */
export async function connectRecordPort(
  id: string,
  credentials: PeerCredentials,
  { onProblem = () => {} }: ClientOptions = {},
): Promise<ClientPort> {
  const port = await BusPort.connect(credentials, sodiumFile());
  const sealing = new SealingPort({ port, self: id, timers, onProblem });
  return {
    send: (record) => sealing.send(record),
    receive: (handler) => sealing.receive(handler),
    close: () => port.close(),
  };
}
