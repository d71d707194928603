import { randomBytes } from 'node:crypto';
import { Broker, ContractTable, createMemoryLinks, DEFAULT_QUOTA } from '@aico/kernel';
import { AicoError, type Grant, type Violation } from '@aico/schemas';
import { decodeFrame, encodeFrame, encodeRecord, type WireRecord } from '@aico/schemas/wire';
import { BusClient, type InRecord, type OutRecord, Scope } from '@aico/sdk/internal';
import { type OpenPort, SealingPort } from '@aico/sdk/sealing';

export const CREATED = 'chat.message.created.v1';
export const SECRET_GET = 'vault.secret.get.v1';
const TOPIC_KEY = 'vault.topic.key.v1';

/** What a peer does to the bytes that pass it. */
export type Tamper = (record: WireRecord) => WireRecord | undefined;

/** The broker of the product, whose peers seal as plugins' processes do. `seen` is all that passed the kernel. */
export class SealedBus {
  readonly violations: Violation[] = [];
  readonly seen: string[] = [];
  readonly dropped: unknown[] = [];
  readonly problems: { readonly peer: string; readonly topic: string; readonly code: string }[] = [];
  readonly broker: Broker;

  constructor() {
    const after = (milliseconds: number, handler: () => void): (() => void) => {
      const timer = setTimeout(handler, milliseconds);
      return () => clearTimeout(timer);
    };
    const onViolation = (violation: Violation): void => void this.violations.push(violation);
    this.broker = new Broker({ contracts: new ContractTable(), clock: { now: Date.now, after }, onViolation }, 'k');
  }

  /** A peer on the SDK's client; grants are written as `verb topic`. */
  peer(id: string, grants: readonly string[], tamper?: Tamper, incarnation: string = `${id}-1`) {
    const { port, detach } = this.#open(id, grants, incarnation, tamper);
    const timers = {
      after: (milliseconds: number, handler: () => void): (() => void) => {
        const timer = setTimeout(handler, milliseconds);
        return () => clearTimeout(timer);
      },
    };
    const onProblem = (topic: string, { code }: AicoError): void => void this.problems.push({ peer: id, topic, code });
    const sealing = new SealingPort({ port, self: id, timers, onProblem });
    const failures: unknown[] = [];
    const onFailure = (_topic: string, error: unknown): void => void failures.push(error);
    const client = new BusClient({ plugin: id, port: sealing, timers, scope: new Scope(id), onFailure });
    sealing.receive((record) => client.receive(record));
    return { bus: client.asBus(), port, failures, detach };
  }

  /** A peer without the runtime: what it sends goes as it is. */
  raw(id: string, grants: readonly string[]) {
    const { port } = this.#open(id, grants, `${id}-1`);
    const received: InRecord[] = [];
    port.receive((record) => void received.push(record));
    return { port, received };
  }

  /** A vault that lends keys as the real one does: by what the kernel stamped. */
  async vault(isLocked: () => boolean = () => false, sealedSince: string = new Date().toISOString()) {
    const keys = new Map<string, string>();
    const asked: string[] = [];
    const vault = this.peer('vault', [`serve ${TOPIC_KEY}`, `serve ${SECRET_GET}`]);
    await vault.bus.serve(TOPIC_KEY, ({ sender, data, grant }) => {
      asked.push(sender);
      if ((grant as { topic?: string }).topic !== data.topic || isLocked())
        throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
      const key = keys.get(data.topic) ?? randomBytes(32).toString('hex');
      keys.set(data.topic, key);
      return { key, epoch: 1, sealedSince };
    });
    return { ...vault, asked };
  }

  #open(id: string, grants: readonly string[], incarnation: string, tamper: Tamper = (record) => record) {
    const [kernelEnd, peerEnd] = createMemoryLinks();
    const { detach } = this.broker.attach({
      id,
      incarnation,
      link: kernelEnd,
      quota: { ...DEFAULT_QUOTA, messagesPerSecond: 1_000_000 },
      grants: grants.map((text): Grant => {
        const [verb, topic] = text.split(' ') as [Grant['verb'], string];
        return { verb, topic, effect: 'allow' };
      }),
    });
    const port: OpenPort = {
      send: ({ header = '', payload = '', ...rest }: OutRecord) => {
        this.seen.push(payload);
        void peerEnd.send(encodeFrame([encodeRecord({ ...rest, header, payload })]));
      },
      receive: (handler) => {
        peerEnd.receive((frame) => {
          for (const each of decodeFrame(frame)) {
            const record = tamper(each);
            if (record === undefined) continue;
            const texts = { header: textOf(record.header), payload: textOf(record.payload) };
            void handler({ ...record, ...texts });
          }
        });
      },
    };
    return { port, detach };
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

/** A message of a conversation. */
export function messageOf(text: string) {
  const id = '00000000-0000-4000-8000-000000000000';
  const createdAt = '2026-01-01T00:00:00Z';
  return { message: { id, conversation: id, role: 'user' as const, status: 'complete' as const, text, createdAt } };
}

/** The same record with one bit of its box another. */
export function flipped(record: WireRecord): WireRecord {
  const envelope = JSON.parse(textOf(record.payload)) as { box?: string };
  if (envelope.box === undefined) return record;
  const bytes = Buffer.from(envelope.box, 'base64');
  bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
  return { ...record, payload: Buffer.from(JSON.stringify({ ...envelope, box: bytes.toString('base64') })) };
}
