import type { ErrorCode, Permission, Quota } from '@aico/schemas';

/** What must come of an attack. Whatever it is, nothing may leak and the neighbour must go on answering. */
export type Expectation =
  /** It runs to its end and has got nothing; the plugin is left running. */
  | { readonly is: 'contained' }
  /** Its process is ended, or never lets it in, with one of these errors that names the plugin. */
  | { readonly is: 'stopped'; readonly by: readonly ErrorCode[] }
  /** It is told no by the kernel, with one of these errors that names the plugin, and may go on. */
  | { readonly is: 'refused'; readonly by: readonly ErrorCode[] };

/** One attack on the sandbox, as data. */
export interface Attack {
  /** What it tries. */
  readonly title: string;
  /** The plugin's module. It may count on `PLACES`, which names what there is to steal, and on `BREACH`, a word to log. */
  readonly code: string;
  readonly expect: Expectation;
  /** `SELF` in a topic stands for the attacker's own id. */
  readonly permissions?: readonly Pick<Permission, 'verb' | 'topic'>[];
  readonly quota?: Quota;
}

export interface AttackOnceActive extends Omit<Attack, 'code'> {
  /** Statements of activate, with `ctx`, and `got(what)` to tell a success. */
  readonly body: string;
}

/** An attack that is a whole module. */
export function attack(whole: Attack): Attack {
  return whole;
}

/** An attack that is the body of activate. */
export function attackOnceActive({ body, ...rest }: AttackOnceActive): Attack {
  const code = `export default { async activate(ctx) {
    const { log } = ctx;
    const got = (what) => log.error(BREACH + String(what).slice(0, 500));
    ${body}
    log.info('done');
  } };`;
  return { ...rest, code };
}

export const CONTAINED: Expectation = { is: 'contained' };
/** The processor was kept busy: found by the watchdog, or by the deadline of a single entry. */
export const STOPPED_FOR_CPU: Expectation = { is: 'stopped', by: ['KERNEL_PLUGIN_CPU'] };
/** Memory ran out: found by the watchdog or the isolate, or the process fell before either could say so. */
export const STOPPED_FOR_MEMORY: Expectation = { is: 'stopped', by: ['KERNEL_PLUGIN_MEMORY'] };

export function stopped(...by: ErrorCode[]): Expectation {
  return { is: 'stopped', by };
}

export function refused(...by: ErrorCode[]): Expectation {
  return { is: 'refused', by };
}

/** Room to run into the memory limit before the CPU limit. */
export const MUCH_CPU: Quota = { cpuMsPerSecond: 4_000 };
