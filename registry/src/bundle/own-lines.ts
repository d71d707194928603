import { eachMapping, TraceMap } from '@jridgewell/trace-mapping';

/** A place in a bundle, counted from 0. */
interface BundlePlace {
  readonly line: number;
  readonly column: number;
}

/** Where the lines of a bundle begin that its author wrote: not those of its libraries. At most so many, the first ones. */
export function ownLinesIn(map: string, most: number): BundlePlace[] {
  const found = new Map<number, BundlePlace>();
  eachMapping(new TraceMap(map), ({ source, generatedLine, generatedColumn }) => {
    const line = generatedLine - 1;
    if (source !== null && isOwn(source) && found.size < most && !found.has(line))
      found.set(line, { line, column: generatedColumn });
  });
  return [...found.values()];
}

/** Sources are named from the plugin's folder; what lies elsewhere, by its package. */
function isOwn(source: string): boolean {
  return !/^(node_modules|@aico|other)\//.test(source);
}
