import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseYamlTree } from '../../../src/discovery/yaml/parse-yaml-tree.ts';
import { renderCharts } from '../../../src/helm/cli/render-charts.ts';
import type { ValuePath } from '../../../src/values/tree/scalar-value.ts';
import { mergeValues, noValues, scalarsOf, type ValueNode, withSource } from '../../../src/values/tree/value-tree.ts';
import { serializeForHelm, writeValuesFile } from '../../../src/values/tree/values-file.ts';
import { helmSetting, noOptions } from '../../helm/cli/helm-fixtures.ts';
import { chartFiles, helms, writeFiles } from '../../support/charts.ts';

function values(text: string): ValueNode {
  const parsed = parseYamlTree(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return withSource({ kind: 'file', file: 'values.yaml', text }, parsed.value);
}

async function fileFor(text: string, ...changes: readonly (readonly [ValuePath, string])[]): Promise<string> {
  const root = values(text);
  const leaf = [...scalarsOf(root)][0];
  if (leaf === undefined) throw new Error('no leaf');
  return await writeValuesFile(
    root,
    changes.map(([keys, changed]) => ({ leaf: { ...leaf, keys }, text: changed })),
  );
}

describe('a value file for a few new texts', () => {
  it('has nothing but them', async () => {
    const file = await fileFor('a: { b: 1, c: 2 }\nd: 3\n', [['a', 'c'], 'x']);
    expect(file).toBe('a:\n  c: x\n');
    expect(await fileFor('a: 1\n')).toBe('');
  });

  it('has a list as a whole, with texts that helm reads as they were', async () => {
    const list = '- { name: "on", port: 80, ratio: 1.50, open: true, none: null, zero: "012" }\n- x\n';
    const file = await fileFor(`list:\n${list}`, [['list', 1], 'y']);
    expect(parse(file, { version: '1.1' })).toEqual({
      list: [{ name: 'on', port: 80, ratio: 1.5, open: true, none: null, zero: '012' }, 'y'],
    });
  });

  it('has paths that are not there yet, and keys that are no words', async () => {
    expect(parse(await fileFor('a: 1\n', [['global', 'x'], 'y'], [['a.b', '__proto__'], 'z']))).toEqual({
      global: { x: 'y' },
      'a.b': Object.fromEntries([['__proto__', 'z']]),
    });
  });

  it('quotes texts that YAML would read as something else', async () => {
    const file = await fileFor('a: 1\nb: 1\nc: 1\n', [['a'], 'true'], [['b'], '1.20'], [['c'], 'x: y # z']);
    expect(parse(file)).toEqual({ a: 'true', b: '1.20', c: 'x: y # z' });
  });
});

describe('values laid over others', () => {
  const leaves = (node: ValueNode) => [...scalarsOf(node)].map(({ keys, text }) => `${keys.join('.')}=${text}`);

  it('join maps, and replace lists and texts', () => {
    const lower = values('a: { b: 1, c: 2 }\nlist: [1, 2]\ntext: x\n');
    const upper = values('a: { c: 3 }\nlist: [4]\ntext: { y: 1 }\n');
    expect(leaves(mergeValues(lower, upper))).toEqual(['a.b=1', 'a.c=3', 'list.0=4', 'text.y=1']);
  });

  it('remove values by null', () => {
    const [leaf] = scalarsOf(mergeValues(values('a: { b: 1 }\n'), values('a: null\n')));
    expect(leaf).toMatchObject({ keys: ['a'], scalar: 'empty' });
    expect(leaves(noValues)).toEqual([]);
  });
});

describe.each([
  ...helms.map(({ title, helm }) => ({
    what: `a value file that only ${title} reads`,
    helm,
    write: serializeForHelm,
  })),
  ...helms.map(({ title, helm }) => ({
    what: `a value file that people and ${title} read`,
    helm,
    write: writeValuesFile,
  })),
])('$what', ({ helm, write }) => {
  const root = values('a: 1\nlist: [{ on: true, none: null, half: 0.50, text: "012" }, x]\n');

  async function printed(changes: readonly (readonly [ValuePath, string])[]) {
    const { work, access, chart } = await helmSetting();
    const [leaf] = [...scalarsOf(root)];
    if (leaf === undefined) throw new Error('no leaf');
    const texts = changes.map(([keys, text]) => ({ leaf: { ...leaf, keys }, text }));
    await writeFiles(work, {
      ...Object.fromEntries(
        Object.entries(
          chartFiles('c', { 'values.yaml': '', 'templates/pod.yaml': 'values: {{ .Values | toJson | b64enc }}\n' }),
        ).map(([path, text]) => [`c/${path}`, text]),
      ),
      'given.yaml': await write(root, texts),
    });
    const given = await chart('c', { name: 'default', valueFiles: [join(work, 'given.yaml')], set: [] });
    const [rendering] = await renderCharts(helm, [given], noOptions, access);
    const [, encoded = ''] = /^values: (.*)$/m.exec(rendering?.text ?? '') ?? [];
    return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  }

  it('gives it every sign, also those that YAML does not print or ends a line at', async () => {
    const signs = 'ä\u007f\u0085\u00a0\u2028\u2029\ufeff😀"\\\t{{ .x }}';
    expect(
      await printed([
        [['a'], signs],
        [[signs, 'b'], 'x'],
      ]),
    ).toEqual({ a: signs, [signs]: { b: 'x' } });
  });

  it('gives it whole lists, and keys that are longer than YAML looks for their colon', async () => {
    const key = 'k'.repeat(2000);
    const list = [{ on: true, none: null, half: 0.5, text: '012' }, 'y'];
    expect(await printed([[['list', 1], 'y']])).toEqual({ list });
    expect(
      await printed([
        [['list', 1], 'y'],
        [[key], 'z'],
      ]),
    ).toEqual({ list, [key]: 'z' });
  });
});
