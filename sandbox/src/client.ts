import type { PeerCredentials } from '@aico/kernel/contracts';
import type { RecordPort } from '@aico/sdk/internal';
import { sodiumFile } from '@aico/zmtp/sodium-file';
import { BusPort } from './child/bus-port.ts';

/** A connection to the bus that its owner closes. */
export interface ClientPort extends RecordPort {
  /** Resolves when everything that was sent has left. */
  close(): Promise<void>;
}

/** Connects an ordinary process, such as the command line, as the peer that the credentials are for. */
export function connectRecordPort(credentials: PeerCredentials): Promise<ClientPort> {
  return BusPort.connect(credentials, sodiumFile());
}
