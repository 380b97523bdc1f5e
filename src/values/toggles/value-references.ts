/** Names from the root of a chart's own values: `['metrics', 'enabled']`. */
export type ReferencedPath = readonly string[];

/** What a dot and a variable stand for in a part of a template. */
export interface Scope {
  /** The value that `.` is, `[]` for the root context; undefined: something else. */
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

/** The values that an expression mentions: `.Values.a.b`, `$.Values.a`, `$root.Values.a`, `index .Values "a" "b"`, `.b` and `$a.b` where they are known. */
export function referencesIn(expression: string, scope: Scope): readonly ReferencedPath[] {
  const found = new Map<string, ReferencedPath>();
  const add = (path: ReferencedPath): void => {
    if (path.length > 0) found.set(path.join('\n'), path);
  };
  // Texts in quotes are messages and names.
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
