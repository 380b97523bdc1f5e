/** A path in a YAML tree; undefined is the root. A linked list, because most paths are never formatted. */
export type Path = { readonly parent: Path; readonly key: string | number } | undefined;

const plainKey = /^[A-Za-z_][A-Za-z0-9_-]*$/;

export function childPath(parent: Path, key: string | number): Path {
  return { parent, key };
}

/** `spec.containers[0].image`; keys that are not plain words are quoted in brackets: `data["a.b"]`. */
export function formatPath(path: Path): string {
  const keys: (string | number)[] = [];
  for (let step = path; step !== undefined; step = step.parent) keys.push(step.key);
  let text = '';
  for (const key of keys.reverse()) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (!plainKey.test(key)) text += `[${JSON.stringify(key)}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}
