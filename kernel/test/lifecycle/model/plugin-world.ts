import { createMemoryLinks, DEFAULT_QUOTA } from '@aico/kernel';
import { type ErrorReport, type Manifest, type PluginState, RecordKind } from '@aico/schemas';
import { RawPeer } from '../../bus/raw-peer.ts';
import { commandLine } from '../command-line.ts';
import { settle } from '../fake-clock.ts';
import { type Behaviour, type FakeProcess, FakeWorld, manifestOf } from '../fake-plugins.ts';
import { Witness } from './witness.ts';

const CONDITION = 'vault.unlocked';
/** States in which nothing of a plugin runs. */
const AT_REST: ReadonlySet<PluginState> = new Set([
  'rejected',
  'revoked',
  'awaitingConsent',
  'installed',
  'pending',
  'stopped',
  'crashed',
  'backoff',
  'quarantined',
]);
const LONGEST_STOP_MS = 20_000;

export const commandOf = (id: string): string => `plugin.${id}.command.run.v1`;

function plugin(id: string, more: Partial<Manifest> = {}): Manifest {
  return manifestOf(id, { permissions: [{ verb: 'serve', topic: commandOf(id), reason: 'to answer' }], ...more });
}

/** One that sets a condition, one that needs it and sleeps, one that leans on that, and one from outside that sleeps. */
export const MANIFESTS: readonly Manifest[] = [
  plugin('vault', {
    conditions: [CONDITION],
    permissions: [
      { verb: 'serve', topic: commandOf('vault'), reason: 'to answer' },
      { verb: 'request', topic: 'kernel.condition.set.v1', reason: 'to say when it is open' },
    ],
  }),
  plugin('dice', { needs: [CONDITION], lifecycle: { suspendAfterSeconds: 10 } }),
  plugin('lean', { dependencies: { dice: '*' } }),
  plugin('guest', { lifecycle: { suspendAfterSeconds: 15 } }),
];
export const IDS: readonly string[] = MANIFESTS.map(({ id }) => id);

/** A kernel with plugins that do what a run says, everything that is looked at, and its restarts. */
export class PluginWorld {
  readonly witness: Witness;
  #world: FakeWorld;
  #ask: ReturnType<typeof commandLine>;
  #customer: RawPeer;
  #asked = 0;

  private constructor(world: FakeWorld) {
    this.#world = world;
    this.witness = new Witness(world.clock);
    [this.#ask, this.#customer] = this.#join();
  }

  static async start(): Promise<PluginWorld> {
    const world = new FakeWorld(MANIFESTS);
    world.foreign.add('guest');
    const begun = new PluginWorld(world);
    for (const id of IDS) begun.behave(id, {});
    await world.kernel.start();
    return begun;
  }

  behave(id: string, behaviour: Behaviour): void {
    this.#world.behaviours.set(id, { serves: [commandOf(id)], ...behaviour });
  }

  async ask(verb: string, id: string, more?: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
    return this.#ask(verb, id, more);
  }

  async request(id: string): Promise<ErrorReport | undefined> {
    this.#asked += 1;
    const correlation = this.#asked;
    const data = {
      name: id,
      arguments: '',
      conversation: '00000000-0000-4000-8000-000000000000',
      time: '2026-01-01T00:00:00Z',
    };
    await this.#customer.send({ kind: RecordKind.request, correlation, topic: commandOf(id), data });
    await settle();
    const errors = this.#customer.seen(RecordKind.error);
    return errors.find((record) => record.correlation === correlation)?.data as ErrorReport | undefined;
  }

  /** Gives up what it asked, so that nobody is kept awake. */
  async giveUp(): Promise<void> {
    for (let correlation = 1; correlation <= this.#asked; correlation += 1)
      await this.#customer.send({ kind: RecordKind.cancel, correlation, topic: '' });
    await settle();
  }

  async setCondition(holds: boolean): Promise<void> {
    const vault = this.#world.processes.findLast(({ request, gone }) => isOf(request, 'vault') && !gone);
    this.#asked += 1;
    const data = { name: CONDITION, holds };
    const topic = 'kernel.condition.set.v1';
    await vault?.peer.send({ kind: RecordKind.request, correlation: this.#asked, topic, data });
    await settle();
  }

  async crash(id: string): Promise<void> {
    this.#world.processes
      .findLast(({ request, gone }) => isOf(request, id) && !gone)
      ?.exit({ code: 3, signal: undefined });
    await settle();
  }

  async advance(milliseconds: number): Promise<void> {
    await this.#world.clock.advance(milliseconds);
  }

  /** Lays a newer version ready and has it installed. */
  async update(id: string, version: string, more: Partial<Manifest>): Promise<void> {
    const manifest = MANIFESTS.find((each) => each.id === id) as Manifest;
    this.#world.replace({
      ...manifest,
      ...more,
      version,
      permissions: [...manifest.permissions, ...(more.permissions ?? [])],
    });
    await this.ask('install', id);
  }

  async trust(id: string, error: Error | undefined): Promise<void> {
    if (error === undefined) this.#world.admit(id);
    else this.#world.refuse(id, error);
    void this.#world.kernel.reviewTrust();
    await settle();
  }

  /** Stops this kernel and starts the next, with what is on the disk. */
  async restart(): Promise<void> {
    const stopped = this.#world.kernel.stop();
    await this.advance(LONGEST_STOP_MS);
    await stopped;
    this.witness.check(
      this.#world.processes.every(({ gone }) => gone),
      'a process outlives its kernel',
    );
    this.witness.restarted();
    this.#world = new FakeWorld([], this.#world);
    [this.#ask, this.#customer] = this.#join();
    void this.#world.kernel.start();
    await settle();
  }

  state(id: string): PluginState | undefined {
    return this.witness.states.get(id);
  }

  /** How many processes of it there are. */
  alive(id: string): number {
    return this.#processes(id).filter(({ gone }) => !gone).length;
  }

  /** Processes of versions that were replaced and asked to leave: they may outlive what took their place, for a while. */
  #replaced(id: string): number {
    const processes = this.#processes(id);
    const successor = processes.findLastIndex(({ request }) => request.standby === true);
    const leaves = ({ gone, told }: FakeProcess) => !gone && told.some(({ type }) => type === 'deactivate');
    return processes.slice(0, Math.max(0, successor)).filter(leaves).length;
  }

  #processes(id: string): FakeProcess[] {
    return this.#world.processes.filter(({ request }) => isOf(request, id));
  }

  /** What has to be so after each step. */
  async inspect(): Promise<void> {
    await settle();
    this.witness.assertLawful();
    for (const id of IDS) {
      const state = this.witness.states.get(id);
      const alive = this.alive(id);
      const most = state === undefined || AT_REST.has(state) ? this.#replaced(id) : 2;
      this.witness.check(alive <= most, `${id} is ${state} and has ${alive} processes`);
      if (most === 2) continue;
      const error = await this.request(id);
      this.witness.check(
        error?.code === 'KERNEL_NO_SERVER',
        `${id} is ${state} and is still registered: ${error?.code}`,
      );
    }
    const failures = this.#world.failures.filter((error) => !/could not be put to sleep/.test(String(error)));
    this.witness.check(failures.length === 0, `the kernel failed: ${failures.map(String).join('; ')}`);
  }

  #join(): [ReturnType<typeof commandLine>, RawPeer] {
    this.#world.onChange = (change) => this.witness.see(change);
    const [link, other] = createMemoryLinks();
    const grants = IDS.map((id) => ({ verb: 'request' as const, topic: commandOf(id), effect: 'allow' as const }));
    this.#world.kernel.attachPeer({ id: 'customer', incarnation: 'customer-1', grants, quota: DEFAULT_QUOTA, link });
    return [commandLine(this.#world), RawPeer.overLink(other)];
  }
}

function isOf(request: FakeWorld['processes'][number]['request'], id: string): boolean {
  return request.package.manifest.id === id;
}
