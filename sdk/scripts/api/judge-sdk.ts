import ts from 'typescript';
import { compile, type Declarations, exportsOf, pathOf, placed } from './declarations.ts';
import { checkOf, type Fit, unfit } from './fits.ts';
import { placesOf } from './places.ts';
import { strictMethods } from './strict-methods.ts';

/** What an author is handed while the plugin runs; functions and classes are given by being exported. */
const GIVEN = ['PluginContext', 'View'];
/** What an author hands over, through `definePlugin`, which gives back the same: nobody but AICO calls what is in it. */
const TAKEN = new Map([['definePlugin', 'PluginDefinition']]);

/**
 * What authors would have to change, by name. What the SDK gives has to be usable as what it gave before, and what it takes has to
 * be what was good enough before; which types are arguments and which are results follows from there. Contracts are those of today
 * on both sides: they have versions and a record of their own.
 */
export function sdkBreaks(before: Declarations, after: Declarations): readonly string[] {
  const sides = new Map([...placed('before', strict(before)), ...placed('after', strict(after))]);
  const named = compile(sides);
  // The index passes on what the others declare.
  const modules = [...before.keys()].filter((name) => name !== 'index');
  const fits = modules.map((name) => [name, fitsOf(named, name)] as const);
  const checks = fits.map(([name, all]) => [pathOf('check', name, 'ts'), checkOf(name, all)] as const);
  const program = compile(new Map([...sides, ...checks]));
  return [
    ...[...before.keys()].flatMap((name) => goneFrom(program, name)),
    ...fits.flatMap(([name, all]) => unfit(program, name, all)),
  ];
}

function strict(modules: Declarations): Declarations {
  return new Map([...modules].map(([name, text]) => [name, strictMethods(text)]));
}

/** Names, properties and arguments that were there. */
function goneFrom(program: ts.Program, name: string): readonly string[] {
  const left = exportsOf(program, pathOf('after', name));
  return [...exportsOf(program, pathOf('before', name))].flatMap(([exported, symbol]) => {
    const now = left.get(exported);
    const path = `${name} > ${exported}`;
    if (now === undefined) return [`${path} is gone`];
    if (name === 'index') return [];
    const kept = placesIn(program, path, now);
    return [...placesIn(program, path, symbol)].filter((place) => !kept.has(place)).map((place) => `${place} is gone`);
  });
}

function placesIn(program: ts.Program, name: string, symbol: ts.Symbol): ReadonlySet<string> {
  const checker = program.getTypeChecker();
  const isType = (symbol.flags & ts.SymbolFlags.Type) !== 0;
  const type = isType ? checker.getDeclaredTypeOfSymbol(symbol) : checker.getTypeOfSymbol(symbol);
  return placesOf(checker, name, type, 'inline');
}

function fitsOf(program: ts.Program, name: string): readonly Fit[] {
  const now = exportsOf(program, pathOf('after', name));
  return [...exportsOf(program, pathOf('before', name))].flatMap(([exported, symbol]): Fit[] => {
    const taken = TAKEN.get(exported);
    if (!now.has(exported)) return [];
    if (taken !== undefined) return [{ of: exported, given: `Before.${taken}`, wanted: `After.${taken}` }];
    if (GIVEN.includes(exported)) return [{ of: exported, given: `After.${exported}`, wanted: `Before.${exported}` }];
    if ((symbol.flags & ts.SymbolFlags.Value) === 0) return [];
    return [{ of: exported, given: `typeof After.${exported}`, wanted: `typeof Before.${exported}` }];
  });
}
