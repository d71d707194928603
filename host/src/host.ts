import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kernel } from '@aico/kernel';
import { AicoError, type PluginChanged, type SystemStatus } from '@aico/schemas';
import { inject, injectable } from 'tsyringe';
import { checkSettings } from './configuration/check-settings.ts';
import type { Settings } from './configuration/read-settings.ts';
import { CommandPeers } from './door/command-peers.ts';
import { Door } from './door/door.ts';
import { doorAddress, type HostFacts, processIdFile } from './door/door-protocol.ts';
import { dropRuntimeFolder } from './home/runtime-folder.ts';
import type { Logs } from './logging/logs.ts';
import type { ProductSource } from './source/product-source.ts';
import { watchTrust } from './source/watch-trust.ts';
import { KERNEL, LOGS, PLUGIN_SOURCE, RUNTIME_FOLDER, SETTINGS, VAULT_PEER, VERSION } from './tokens.ts';
import type { VaultPeer } from './vault-peer.ts';

/** Who is told what happens. */
export interface HostListener {
  /** @param isSealed whether the words of its error may be what the plugin was told: sealed in logs, and not for where output is kept */
  onChange(change: PluginChanged, isSealed: boolean): void;
  /** Somebody who may asked to stop. */
  onStopRequest(reason: string): void;
}

/** A kernel with everything that a product needs around it, in one process, for one data folder. */
@injectable()
export class Host {
  readonly #settings: Settings;
  readonly #kernel: Kernel;
  readonly #source: ProductSource;
  readonly #logs: Logs;
  readonly #peers: CommandPeers;
  readonly #runtimeFolder: string;
  readonly #version: string;
  readonly #startedAt = new Date().toISOString();
  readonly #vault: VaultPeer;
  #state: HostFacts['state'] = 'starting';
  #door: Door | undefined;
  #unwatchTrust = (): void => {};
  #stopped: Promise<void> | undefined;
  #failed = false;

  constructor(
    @inject(SETTINGS) settings: Settings,
    @inject(KERNEL) kernel: Kernel,
    @inject(PLUGIN_SOURCE) source: ProductSource,
    @inject(LOGS) logs: Logs,
    @inject(CommandPeers) peers: CommandPeers,
    @inject(VAULT_PEER) vault: VaultPeer,
    @inject(RUNTIME_FOLDER) runtimeFolder: string,
    @inject(VERSION) version: string,
  ) {
    this.#settings = settings;
    this.#kernel = kernel;
    this.#source = source;
    this.#logs = logs;
    this.#peers = peers;
    this.#vault = vault;
    this.#runtimeFolder = runtimeFolder;
    this.#version = version;
  }

  get status(): SystemStatus {
    return this.#kernel.status();
  }

  /** Whether something of the host's own went wrong that nobody caught. */
  get hasFailed(): boolean {
    return this.#failed;
  }

  /**
   * Verifies every package and checks every setting; nothing runs yet.
   * @throws AggregateError of every AicoError that stands against a start
   */
  async check(): Promise<void> {
    const plugins = await this.#source.verifyAll();
    const errors = [...this.#settings.errors, ...checkSettings(this.#settings.layers, plugins)];
    if (errors.length > 0) throw new AggregateError(errors, 'The settings are not right.');
  }

  /** Becomes the one host of its data folder; false when another is. */
  async claim(): Promise<boolean> {
    this.#door = await Door.open(doorAddress(this.#runtimeFolder), {
      facts: () => this.facts(),
      admit: () => this.#admit(),
      onFailure: (error) => this.#logs.host.error({ err: error }, 'The door failed'),
    });
    if (this.#door === undefined) return false;
    this.#tidyRuntimeFolder();
    writeFileSync(processIdFile(this.#runtimeFolder), String(process.pid), { mode: 0o600 });
    return true;
  }

  /** Starts every plugin; resolves when each runs, waits or has failed by itself. */
  async start(): Promise<void> {
    this.#logs.host.info({ version: this.#version, home: this.#settings.folders.home }, 'Starting');
    const { trustFile } = this.#settings.folders;
    this.#unwatchTrust = watchTrust(trustFile, () => void this.#kernel.reviewTrust());
    this.#vault.watch().catch((error: unknown) => this.#logs.host.error({ err: error }, 'The vault is not watched'));
    await this.#kernel.start();
    this.#source.release();
    if (this.#state === 'starting') this.#state = 'running';
    this.#logs.host.info({ endpoints: this.#kernel.endpoints() }, 'Running');
  }

  /** Drains and ends every plugin, and leaves nothing behind. Shared and idempotent. */
  stop(reason: string): Promise<void> {
    this.#stopped ??= this.#stop(reason);
    return this.#stopped;
  }

  /** Writes down an error that nobody caught. The state after it is unknown: stop. */
  fail(error: unknown): void {
    this.#failed = true;
    this.#logs.host.error({ err: error }, 'Something went wrong inside AICO');
  }

  /** Leaves no socket behind when there is no time to stop. */
  abandon(): void {
    this.#logs.flushSync();
    rmSync(this.#runtimeFolder, { recursive: true, force: true });
  }

  facts(): HostFacts {
    return {
      processId: process.pid,
      version: this.#version,
      home: this.#settings.folders.home,
      distribution: this.#settings.distribution.name,
      state: this.#state,
      startedAt: this.#startedAt,
      endpoints: this.#kernel.endpoints(),
    };
  }

  async #stop(reason: string): Promise<void> {
    this.#state = 'stopping';
    this.#logs.host.info({ reason }, 'Stopping');
    this.#unwatchTrust();
    try {
      await this.#vault.close();
      await this.#kernel.stop();
    } finally {
      if (this.#door !== undefined) await this.#leave(this.#door);
      this.#logs.host.info('Stopped');
      await this.#logs.close();
    }
  }

  async #admit(): ReturnType<CommandPeers['admit']> {
    if (this.#state === 'stopping') throw new AicoError('KERNEL_STOPPING', { subject: 'aico' });
    return this.#peers.admit();
  }

  /** Sockets of a host that was killed stay behind; the door is ours, so nobody uses them. */
  #tidyRuntimeFolder(): void {
    for (const name of readdirSync(this.#runtimeFolder)) {
      if (!name.startsWith('door')) rmSync(join(this.#runtimeFolder, name), { recursive: true, force: true });
    }
  }

  /** From the moment that the door is closed the folder may be another host's: what is ours goes before. */
  async #leave(door: Door): Promise<void> {
    this.#tidyRuntimeFolder();
    rmSync(processIdFile(this.#runtimeFolder), { force: true });
    await door.close();
    dropRuntimeFolder(this.#runtimeFolder);
  }
}
