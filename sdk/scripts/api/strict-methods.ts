import ts from 'typescript';

/**
 * Methods as properties of function type. TypeScript lets a method's argument narrow or widen (it compares them both ways), and a
 * property's only as its callers can bear. What is overloaded becomes one property with all its signatures.
 */
export function strictMethods(declared: string): string {
  const file = ts.createSourceFile('declared.d.ts', declared, ts.ScriptTarget.Latest, true);
  const strict = ts.transform(file, [
    (context) => (root) => {
      const visit = (node: ts.Node): ts.Node => {
        const inner = ts.visitEachChild(node, visit, context);
        if (ts.isInterfaceDeclaration(inner)) {
          const members = asProperties(inner.members);
          return ts.factory.updateInterfaceDeclaration(
            inner,
            inner.modifiers,
            inner.name,
            inner.typeParameters,
            inner.heritageClauses,
            members,
          );
        }
        if (ts.isTypeLiteralNode(inner)) return ts.factory.updateTypeLiteralNode(inner, asProperties(inner.members));
        return inner;
      };
      return ts.visitEachChild(root, visit, context);
    },
  ]);
  const text = ts.createPrinter({ removeComments: true }).printFile(strict.transformed[0] as ts.SourceFile);
  strict.dispose();
  return text;
}

function asProperties(members: ts.NodeArray<ts.TypeElement>): ts.NodeArray<ts.TypeElement> {
  const methods = Map.groupBy(members.filter(ts.isMethodSignature), nameOf);
  const properties = [...methods.values()].map((overloads) => {
    const [first] = overloads as [ts.MethodSignature];
    const signatures = overloads.map((method) =>
      ts.factory.createCallSignature(method.typeParameters, method.parameters, method.type),
    );
    const type = ts.factory.createTypeLiteralNode(signatures);
    return ts.factory.createPropertySignature(first.modifiers, first.name, first.questionToken, type);
  });
  return ts.factory.createNodeArray([...members.filter((member) => !ts.isMethodSignature(member)), ...properties]);
}

function nameOf(method: ts.MethodSignature): string {
  return ts.isComputedPropertyName(method.name) ? '[computed]' : method.name.text;
}
