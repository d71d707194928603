import { Actor } from './actor.ts';
import { DURABLE, EVENT } from './payloads.ts';
import type { Door, Role } from './roles.ts';

const VERBS: Readonly<Record<Role, string>> = {
  publisher: 'publish',
  subscriber: 'subscribe',
  asker: 'request',
  answerer: 'serve',
  crowd: 'subscribe',
  keyholder: 'serve',
};

/** One running system under measurement: what carries the messages, and its peers, each a process of its own. */
export interface Stage {
  /** What carries the messages; of the peer's system only the process is known. */
  readonly carrier: Actor | undefined;
  /** Starts a process and connects it so many times. */
  peer(role: Role, topic?: string, connections?: number): Promise<Actor>;
  end(): Promise<void>;
}

/** What can be measured. */
export interface System {
  readonly name: string;
  open(): Promise<Stage>;
}

/** The kernel's broker in a process of its own. */
export const aico: System = {
  name: 'aico',
  open: async () => {
    const broker = new Actor('./broker-process.ts');
    await broker.hear('ready');
    let opened = 0;
    const open = async (role: Role, topic: string): Promise<Door> => {
      if (role === 'publisher' && topic === DURABLE) {
        broker.tell({ type: 'journal' });
        await broker.hear('ready');
      }
      opened += 1;
      const name = `bench-${role}-${opened}`;
      broker.tell({ type: 'attach', id: name, grants: [`${VERBS[role]} ${topic}`] });
      const { credentials } = await broker.hear('attached');
      return { system: 'aico', id: 'bench', credentials };
    };
    return createStage(broker, open, () => broker.end());
  },
};

/** A stage whose peers come in by doors that `open` makes. */
export function createStage(
  carrier: Actor | undefined,
  open: (role: Role, topic: string) => Promise<Door>,
  end: () => Promise<void>,
): Stage {
  const peers: Actor[] = [];
  return {
    carrier,
    peer: async (role, topic = EVENT, connections = 1) => {
      const actor = new Actor('./peer-process.ts');
      peers.push(actor);
      await actor.hear('ready');
      for (let each = 0; each < connections; each++) {
        actor.tell({ type: 'connect', door: await open(role, topic), role, topic });
        await actor.hear('ready');
      }
      return actor;
    },
    end: async () => {
      await Promise.all(peers.map((peer) => peer.end()));
      await end();
    },
  };
}
