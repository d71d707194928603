import ts from 'typescript';

/**
 * What somebody can write or read by name: properties, also optional ones, and arguments by their number. TypeScript finds a
 * type without an optional property, or a function with fewer arguments, as good as the one before; their callers do not.
 */
export function placesOf(
  checker: ts.TypeChecker,
  name: string,
  type: ts.Type,
  follow: 'named' | 'inline',
): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (type: ts.Type, path: string, above: readonly ts.Type[]): void => {
    if (above.includes(type)) return;
    const within = [...above, type];
    if (type.isUnionOrIntersection()) for (const part of type.types) walk(part, path, within);
    else if (isBuiltIn(type) || checker.isArrayType(type) || checker.isTupleType(type)) {
      for (const part of argumentsOf(checker, type)) walk(part, path, within);
    } else if (above.length === 0 || follow === 'named' || isInline(type)) {
      for (const property of type.flags & ts.TypeFlags.Object ? checker.getPropertiesOfType(type) : []) {
        const place = `${path} > ${property.name}`;
        found.add(place);
        walk(checker.getTypeOfSymbol(property), place, within);
      }
      for (const signature of checker.getSignaturesOfType(type, ts.SignatureKind.Call)) {
        walk(checker.getReturnTypeOfSignature(signature), `${path} > result`, within);
        for (const [index, argument] of signature.parameters.entries()) {
          const place = `${path} > argument ${index + 1}`;
          found.add(place);
          walk(checker.getTypeOfSymbol(argument), place, within);
        }
      }
    }
  };
  walk(type, name, []);
  return found;
}

function argumentsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  const isReference = ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;
  return isReference ? checker.getTypeArguments(type as ts.TypeReference) : (type.aliasTypeArguments ?? []);
}

/** Types that have no name: what is inside belongs to whatever holds them. */
function isInline(type: ts.Type): boolean {
  return (
    type.symbol !== undefined && (type.symbol.flags & (ts.SymbolFlags.TypeLiteral | ts.SymbolFlags.Function)) !== 0
  );
}

function isBuiltIn(type: ts.Type): boolean {
  return type.symbol?.declarations?.some((node) => /\/lib\.[^/]*\.d\.ts$/.test(node.getSourceFile().fileName)) ?? false;
}
