import { argon2id, hash } from 'argon2';

/** Parameters of Argon2id (RFC 9106). */
export interface KdfParameters {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/** What a machine can spend on one try. */
export interface Machine {
  readonly memoryBytes: number;
  readonly processors: number;
}

/** The least memory that a vault is made with: 64 MiB. */
export const LEAST_MEMORY_KIB: number = 64 * 1024;
/** The most that any machine is tuned to; what is read back may not ask for more. */
export const MOST_MEMORY_KIB: number = 256 * 1024;
export const MOST_PASSES = 20;
export const MOST_LANES = 4;
/** The fewest passes that a vault is made with. */
export const LEAST_PASSES = 3;
const TARGET_MS = 500;
export const KEY_BYTES = 32;

/** Turns a password into a 32-byte key. Runs on libuv's threads; the caller zeroes the key. */
export async function derivePasswordKey(
  password: string,
  salt: Uint8Array,
  { memoryKib, passes, lanes }: KdfParameters,
): Promise<Buffer> {
  // Composed and decomposed accents are the same password, whatever keyboard typed them.
  const secret = Buffer.from(password.normalize('NFC'), 'utf8');
  try {
    return await hash(secret, {
      raw: true,
      type: argon2id,
      version: 0x13,
      salt: Buffer.from(salt),
      hashLength: KEY_BYTES,
      memoryCost: memoryKib,
      timeCost: passes,
      parallelism: lanes,
    });
  } finally {
    secret.fill(0);
  }
}

/** Chooses parameters that take this machine about half a second: memory first, then passes. */
export async function tuneParameters(machine: Machine): Promise<KdfParameters> {
  const lanes = Math.min(MOST_LANES, Math.max(1, machine.processors));
  const probe: KdfParameters = { memoryKib: LEAST_MEMORY_KIB, passes: 2, lanes };
  const msPerPass = Math.min(await timePerPass(probe), await timePerPass(probe));
  return chooseParameters(msPerPass, lanes, machine.memoryBytes);
}

/**
 * The strongest parameters within the time target, given what one pass over 64 MiB costs.
 * A slow machine gets 64 MiB and three passes, however long they take.
 */
export function chooseParameters(msPerPass: number, lanes: number, memoryBytes: number): KdfParameters {
  const passesAtLeastMemory = TARGET_MS / Math.max(msPerPass, 0.001);
  // One try never takes more than a sixteenth of the machine's memory.
  const most = Math.min(MOST_MEMORY_KIB, memoryBytes / 1024 / 16);
  let memoryKib = LEAST_MEMORY_KIB;
  while (memoryKib * 2 <= most && (passesAtLeastMemory * LEAST_MEMORY_KIB) / (memoryKib * 2) >= LEAST_PASSES)
    memoryKib *= 2;
  const passes = Math.floor((passesAtLeastMemory * LEAST_MEMORY_KIB) / memoryKib);
  return { memoryKib, passes: Math.min(MOST_PASSES, Math.max(LEAST_PASSES, passes)), lanes };
}

/** What a vault is tuned to anew, unless one try at it would then take less memory, or less work, than before. */
export function neverWeaker(before: KdfParameters, tuned: KdfParameters): KdfParameters {
  const work = ({ memoryKib, passes }: KdfParameters): number => memoryKib * passes;
  return tuned.memoryKib >= before.memoryKib && work(tuned) >= work(before) ? tuned : before;
}

async function timePerPass(parameters: KdfParameters): Promise<number> {
  const began = performance.now();
  const key = await derivePasswordKey('how fast is this machine', Buffer.alloc(16), parameters);
  key.fill(0);
  return (performance.now() - began) / parameters.passes;
}
