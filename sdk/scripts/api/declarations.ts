import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Texts of declaration files by module name. */
export type Declarations = ReadonlyMap<string, string>;

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

/** What TypeScript and other packages declare, read once. */
const read = new Map<string, ts.SourceFile | undefined>();

/** Compiles texts that lie in no file, each at a path where its imports are found. */
export function compile(texts: ReadonlyMap<string, string>): ts.Program {
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, directoryExists, readFile, getSourceFile } = host;
  const folders = new Set([...texts.keys()].map(dirname));
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.directoryExists = (path) => folders.has(path) || (directoryExists?.(path) ?? true);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...more) => {
    const text = texts.get(path);
    if (text !== undefined) return ts.createSourceFile(path, text, version, true);
    if (!read.has(path)) read.set(path, getSourceFile(path, version, ...more));
    return read.get(path);
  };
  return ts.createProgram({ rootNames: [...texts.keys()], options: OPTIONS, host });
}

/** Paths for the modules of one side of a comparison, inside the SDK, so that `@aico/schemas` is found from there. */
export function placed(side: string, modules: Declarations): Map<string, string> {
  return new Map([...modules].map(([name, text]) => [pathOf(side, name), text]));
}

export function pathOf(side: string, name: string, ending = 'd.ts'): string {
  return join(import.meta.dirname, '../../dist', `.${side}`, `${name}.${ending}`);
}

export function exportsOf(program: ts.Program, path: string): ReadonlyMap<string, ts.Symbol> {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(path);
  const module = file && checker.getSymbolAtLocation(file);
  const found = module ? checker.getExportsOfModule(module) : [];
  return new Map(found.map((symbol) => [symbol.name, resolved(checker, symbol)]));
}

function resolved(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}
