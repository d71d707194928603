import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type Encoding = 'br' | 'gzip';

const MIN_BYTES = 1024;
const BROTLI_QUALITY = 9;
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Whether compressing pays: texts of some length. */
export function isCompressible(contentType: string, bytes: number): boolean {
  return (
    bytes >= MIN_BYTES && /^(text\/|image\/svg|application\/(json|javascript|manifest|wasm|xml))/.test(contentType)
  );
}

/** The best encoding that an Accept-Encoding header takes. */
export function chooseEncoding(header: string | undefined): Encoding | undefined {
  const taken = new Set<string>();
  for (const part of (header ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((each) => each.trim());
    if (!parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) taken.add(name);
  }
  return (['br', 'gzip'] as const).find((encoding) => taken.has(encoding));
}

export function compress(body: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'gzip') return zip(body, { level: constants.Z_BEST_COMPRESSION });
  return brotli(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
}
