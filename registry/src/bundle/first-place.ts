import { eachMapping, TraceMap } from '@jridgewell/trace-mapping';

/** Where in a bundle an author's own code begins, counted from 0; its libraries come before it. */
export function firstPlaceIn(map: string): { readonly line: number; readonly column: number } | undefined {
  let first: { readonly line: number; readonly column: number } | undefined;
  eachMapping(new TraceMap(map), ({ source, generatedLine, generatedColumn }) => {
    if (first === undefined && source !== null && isOwn(source))
      first = { line: generatedLine - 1, column: generatedColumn };
  });
  return first;
}

/** Sources are named from the plugin's folder; what lies elsewhere, by its package. */
function isOwn(source: string): boolean {
  return !/^(node_modules|@aico|other)\//.test(source);
}
