/** Keys from the root of the values of a chart: `['metrics', 'enabled']`. */
export type ReferencedPath = readonly string[];

/** Values of the dot and of variables in a part of a template. */
export interface Scope {
  /** `[]` for the root context. Undefined if unknown. */
  readonly dot: ReferencedPath | undefined;
  readonly variables: ReadonlyMap<string, ReferencedPath>;
}

const notValues: ReadonlySet<string> = new Set([
  'Values',
  'Release',
  'Chart',
  'Capabilities',
  'Files',
  'Template',
  'Subcharts',
]);

/**
 * Values in an expression: `.Values.a.b`, `$.Values.a`, `index .Values "a" "b"`, and `.b` and `$a.b` if the scope has
 * them.
 */
export function referencesIn(expression: string, scope: Scope): readonly ReferencedPath[] {
  const found = new Map<string, ReferencedPath>();
  const add = (path: ReferencedPath): void => {
    if (path.length > 0) found.set(path.join('\n'), path);
  };
  // Quoted texts are messages and names.
  const code = expression.replaceAll(/`[^`]*`/g, '``');
  for (const [, names = '', rest = ''] of code.matchAll(
    /index\s+[\w$.]*\.Values((?:\s+"[^"]+")+)\s*\)?((?:\.\w+)*)/g,
  )) {
    add([...[...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name), ...namesOf(rest)]);
  }
  const bare = code.replaceAll(/"(?:[^"\\]|\\[\s\S]?)*(?:"|$)/g, '""');
  for (const [, names = ''] of bare.matchAll(/\.Values((?:\.\w+)+)/g)) add(namesOf(names));
  if (scope.dot !== undefined && scope.dot.length > 0) {
    for (const [, names = ''] of bare.matchAll(/(?<![\w$.)])((?:\.\w+)+)/g)) {
      const path = namesOf(names);
      if (!notValues.has(path[0] ?? '')) add([...scope.dot, ...path]);
    }
  }
  for (const [, name = '', names = ''] of bare.matchAll(/\$(\w+)((?:\.\w+)*)/g)) {
    const known = scope.variables.get(name);
    if (known !== undefined) add([...known, ...namesOf(names)]);
  }
  return [...found.values()];
}

function namesOf(chain: string): ReferencedPath {
  return chain.split('.').filter((name) => name !== '');
}
