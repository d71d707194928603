import type { LogLine, VerifiedPackage } from '@aico/kernel/contracts';
import { decodedMappings, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { installFolder } from './launch/installed.ts';
import { isolatedAddress, sourceMapFile, trustedAddress } from './plugin-address.ts';

/** A larger map is not looked at: it is a stranger's file, and read in the host's process. */
const MAX_MAP_BYTES = 256 * 1024;
/** So many places of one text are looked up. */
const MAX_PLACES = 64;
/** What a source may be called; a map can say anything. */
const SOURCE_NAME = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[\w@./ -]{1,200}$/;
/** Sources that came with AICO or from others: not where an author looks first. */
const NOT_OF_AUTHOR = /^(?:@aico|node_modules|other)\//;

interface Original {
  readonly text: string;
  readonly isOfAuthor: boolean;
}

/**
 * Names places in a plugin's bundle by its author's files. The map comes from the package and nowhere else, is read when the
 * first place is asked for, and can do no more than say something else than the truth.
 */
export class SourcePlaces {
  readonly #address: RegExp;
  readonly #mark: string;
  readonly #bytes: Uint8Array | undefined;
  #map: TraceMap | undefined;
  #read = false;

  /** @param address of the bundle as stacks name it */
  constructor(address: string, map: Uint8Array | undefined) {
    this.#mark = `${address}:`;
    this.#address = new RegExp(`${RegExp.escape(address)}:(\\d{1,9})(?::(\\d{1,9}))?`, 'g');
    this.#bytes = map;
  }

  /** A text with its first places named as the author knows them. */
  locate(text: string): string {
    if (this.#bytes === undefined || !text.includes(this.#mark)) return text;
    let left = MAX_PLACES;
    return text.replace(this.#address, (place, line: string, column?: string) => {
      left -= 1;
      return left < 0 ? place : (this.#find(line, column)?.text ?? place);
    });
  }

  /** The first place of a stack that is the author's own. */
  placeOf(stack: string): string | undefined {
    if (this.#bytes === undefined) return undefined;
    for (const [, line = '', column] of stack.matchAll(this.#address).take(MAX_PLACES)) {
      const original = this.#find(line, column);
      if (original?.isOfAuthor === true) return original.text;
    }
    return undefined;
  }

  /** A log line whose texts name places as the author knows them. */
  inLine(line: LogLine): LogLine {
    if (this.#bytes === undefined) return line;
    const message = this.locate(line.message);
    if (line.fields === undefined) return { ...line, message };
    const entries = Object.entries(line.fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? this.locate(value) : value,
    ]);
    return { ...line, message, fields: Object.fromEntries(entries) };
  }

  #find(line: string, column = '1'): Original | undefined {
    if (!this.#read) {
      this.#read = true;
      this.#map = readMap(this.#bytes);
    }
    if (this.#map === undefined || Number(line) < 1) return undefined;
    const found = originalPositionFor(this.#map, { line: Number(line), column: Math.max(0, Number(column) - 1) });
    // What its numbers point at may be nothing, whatever the types say.
    if (typeof found.source !== 'string' || !SOURCE_NAME.test(found.source)) return undefined;
    return {
      text: `${found.source}:${found.line}:${found.column + 1}`,
      isOfAuthor: !NOT_OF_AUTHOR.test(found.source),
    };
  }
}

/** What names the places of a package's code, and the files that its process is given: all but the map. */
export function sourcesOf({ manifest, tier, files }: Pick<VerifiedPackage, 'manifest' | 'tier' | 'files'>): {
  readonly places: SourcePlaces;
  readonly files: ReadonlyMap<string, Uint8Array>;
} {
  const name = sourceMapFile(manifest.main);
  const address = tier === 'isolated' ? isolatedAddress(manifest) : trustedAddress(installFolder(), manifest);
  const places = new SourcePlaces(address, files.get(name));
  return { places, files: new Map([...files].filter(([path]) => path !== name)) };
}

function readMap(bytes: Uint8Array | undefined): TraceMap | undefined {
  if (bytes === undefined || bytes.length > MAX_MAP_BYTES) return undefined;
  try {
    const { sources, mappings } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (!Array.isArray(sources) || typeof mappings !== 'string') return undefined;
    const names = sources.map((source) => (typeof source === 'string' && SOURCE_NAME.test(source) ? source : ''));
    const map = new TraceMap({ version: 3, sources: names, names: [], mappings });
    // Decoded here, where what is wrong with it is caught.
    decodedMappings(map);
    return map;
  } catch {
    return undefined;
  }
}
