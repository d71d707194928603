import { createHash, randomBytes } from 'node:crypto';

/** Crockford's digits: none is taken for another when it is written down. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SECRET_BYTES = 16;
/** 128 random bits and 12 bits that tell a slip of the pen. */
const CODE_DIGITS = 28;
const CHECK_BITS = 12n;
const GROUP = /.{4}(?=.)/g;

/** A new code of 128 random bits, in seven groups of four: to be shown once and written down. */
export function createRecoveryCode(): string {
  const secret = randomBytes(SECRET_BYTES);
  try {
    return encode(secret).replace(GROUP, '$&-');
  } finally {
    secret.fill(0);
  }
}

/** A typed code in its one form, or undefined when it cannot be one: case, spaces, dashes and look-alikes do not matter. */
export function parseRecoveryCode(text: string): string | undefined {
  const typed = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (typed.length !== CODE_DIGITS || [...typed].some((digit) => !DIGITS.includes(digit))) return undefined;
  const value = [...typed].reduce((sum, digit) => sum * 32n + BigInt(DIGITS.indexOf(digit)), 0n);
  const secret = Buffer.from((value >> CHECK_BITS).toString(16).padStart(SECRET_BYTES * 2, '0'), 'hex');
  return encode(secret) === typed ? typed : undefined;
}

function encode(secret: Buffer): string {
  const check = BigInt(createHash('sha256').update('aico recovery code').update(secret).digest().readUInt16BE() >> 4);
  let value = (BigInt(`0x${secret.toString('hex')}`) << CHECK_BITS) | check;
  let digits = '';
  for (let left = CODE_DIGITS; left > 0; left -= 1) {
    digits = (DIGITS[Number(value & 31n)] ?? '') + digits;
    value >>= 5n;
  }
  return digits;
}
