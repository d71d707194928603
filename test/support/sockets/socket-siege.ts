import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connectRecordPort } from '@aico/sandbox/client';
import type { Grant } from '@aico/schemas';
import { BusClient, Scope } from '@aico/sdk/internal';
import { lowerThreads } from '../../../sandbox/src/watch/give-way.ts';
import { ATTACKS, type Attack } from './attacks.ts';
import type { Opened } from './kernel-process.ts';

const TOPIC = 'plugin.neighbour.command.run.v1';
const QUESTION = {
  name: 'echo',
  arguments: 'x',
  conversation: '00000000-0000-4000-8000-000000000000',
  time: '2026-01-01T00:00:00.000Z',
};
const WARM_UP = 500;

/** How long the neighbours' requests took, in milliseconds. */
export interface Times {
  readonly p50: number;
  readonly p99: number;
}
export interface Finding extends Times {
  readonly title: string;
  /** How often the attack was done meanwhile. */
  readonly attacks: number;
}

/** A kernel in a process of its own, two neighbours who ask and answer, and somebody at its sockets. */
export class SocketSiege implements AsyncDisposable {
  readonly #kernel = start('kernel-process.ts');
  readonly #ports: { close(): Promise<void> }[] = [];
  #client: BusClient | undefined;
  #neighbour: Opened | undefined;
  #count = 0;

  static async open(): Promise<SocketSiege> {
    const siege = new SocketSiege();
    const serve: Grant = { verb: 'serve', topic: TOPIC, effect: 'allow' };
    siege.#neighbour = await siege.#open('neighbour', [serve]);
    const answerer = await siege.#connect(siege.#neighbour);
    await answerer.serve(TOPIC as never, () => ({ text: 'x' }) as never);
    siege.#client = await siege.#connect(
      await siege.#open('customer', [{ verb: 'request', topic: TOPIC, effect: 'allow' }]),
    );
    await siege.ask(WARM_UP);
    return siege;
  }

  /** Asks so many times, one after another. @throws when one is not answered */
  async ask(requests: number): Promise<Times> {
    const times: number[] = [];
    for (let asked = 0; asked < requests; asked += 1) {
      const begun = performance.now();
      await this.#client?.request(TOPIC as never, QUESTION as never);
      times.push(performance.now() - begun);
    }
    times.sort((one, other) => one - other);
    const at = (share: number): number => times[Math.floor((times.length - 1) * share)] as number;
    return { p50: at(0.5), p99: at(0.99) };
  }

  /** Asks while an attack is under way. */
  async under(attack: Attack, requests: number): Promise<Finding> {
    this.#count += 1;
    const own = (await this.#open(`hostile${this.#count}`, attack.grants ?? [])).credentials;
    const neighbour = this.#neighbour?.credentials as Opened['credentials'];
    const attacker = start('attacker-process.ts');
    // As the process of any stranger's plugin does.
    lowerThreads(attacker.pid as number);
    let attacks = 0;
    attacker.on('message', ({ times }: { times: number }) => {
      attacks = times;
    });
    attacker.send({ title: attack.title, means: { own, neighbour } });
    await once(attacker, 'message');
    const begun = attacks;
    let times = await this.ask(requests);
    while (attacks === begun) times = await this.ask(requests);
    const exit = once(attacker, 'exit');
    attacker.kill('SIGKILL');
    await exit;
    return { title: attack.title, attacks: attacks - begun, ...times };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const port of this.#ports) await port.close();
    this.#kernel.disconnect();
    await once(this.#kernel, 'exit');
  }

  async #open(id: string, grants: readonly Grant[]): Promise<Opened> {
    this.#kernel.send({ id, grants });
    const [opened] = (await once(this.#kernel, 'message')) as [Opened];
    return opened;
  }

  async #connect({ id, credentials }: Opened): Promise<BusClient> {
    const port = await connectRecordPort(id, credentials);
    this.#ports.push(port);
    const after = (milliseconds: number, handler: () => void): (() => void) => {
      const timer = setTimeout(handler, milliseconds);
      return () => clearTimeout(timer);
    };
    const client = new BusClient({ plugin: id, port, timers: { after }, scope: new Scope(id), onFailure: () => {} });
    port.receive((record) => client.receive(record));
    return client;
  }
}

export { ATTACKS };

function start(file: string): ChildProcess {
  return fork(join(import.meta.dirname, file), { execArgv: ['--disable-warning=ExperimentalWarning'] });
}
