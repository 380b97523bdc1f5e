/** Archives that Go's reader, which helm opens them with, and the one that checks them take for different files. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readArchive } from '../../../src/helm/charts/archive.ts';
import { helms } from '../../support/charts.ts';
import { faultOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';

interface HeaderRest {
  readonly kind?: string;
  readonly size?: string;
  readonly form?: string;
  readonly rest?: string;
}

function header(name: string, content: number, { kind = '0', size, form = 'ustar\x0000', rest = '' }: HeaderRest = {}) {
  const block = Buffer.alloc(512);
  block.write(name);
  for (const [at, text] of [
    [100, '0000644\0'],
    [108, '0000000\0'],
    [116, '0000000\0'],
    [124, size ?? `${content.toString(8).padStart(11, '0')}\0`],
    [136, '00000000000\0'],
    [148, '        '],
    [156, kind],
    [257, form],
    [345, rest],
  ] as const) {
    block.write(text, at, 'latin1');
  }
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function entry(name: string, content: string, more: HeaderRest = {}): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([header(name, bytes.length, more), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** Attributes of the next entry (`x`) or of all (`g`). */
function attributes(kind: 'x' | 'g', values: Readonly<Record<string, string>>): Buffer {
  const records = Object.entries(values).map(([key, value]) => {
    const body = ` ${key}=${value}\n`;
    const digits = String(body.length + 2).length;
    return `${body.length + digits}${body}`;
  });
  return entry('attributes', records.join(''), { kind });
}

const end = Buffer.alloc(1024);
const gnu = 'ustar  \0';
const chart = Buffer.concat([
  entry('web/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 1.0.0\n'),
  entry('web/values.yaml', 'shown: 1\n'),
]);
const hidden = entry('web/values.schema.json', '{"type":"array"}');
const sparse = {
  'GNU.sparse.major': '0',
  'GNU.sparse.minor': '1',
  'GNU.sparse.name': 'web/values.schema.json',
  'GNU.sparse.size': '16',
  'GNU.sparse.numblocks': '1',
  'GNU.sparse.map': '0,16',
};

/** Helm reads values.schema.json in each of them, and fails by it. */
const hiding = {
  'a size that only one of them reads': [header('web/x', 0, { size: '\0\0 000001000' }), header('web/y', 1024), hidden],
  'a sparse file with a name of its own': [attributes('x', sparse), entry('web/x', '{"type":"array"}')],
  'a long name and attributes for one entry': [
    attributes('x', { path: 'web/x' }),
    entry('long', 'web/values.schema.json\0', { kind: 'L', form: gnu }),
    entry('web/y', '{"type":"array"}'),
  ],
  'a name for all entries': [attributes('g', { path: 'web/x' }), attributes('x', { comment: 'y' }), hidden],
  'attributes of one entry before those of all': [
    attributes('x', { path: 'web/x' }),
    attributes('g', { comment: 'y' }),
    hidden,
  ],
} as const;

const unclear = {
  'a folder with content': [header('web/x', 1024, { kind: '5' }), hidden],
  'a file that is named as a folder': [header('web/x/', 1024), hidden],
  'attributes that name a file as a folder': [attributes('x', { path: 'web/x/' }), entry('web/x', 'y')],
  'an entry of an unknown kind': [entry('web/x', 'y', { kind: 'S', form: gnu })],
  "a header that is GNU tar's and has a prefix": [entry('web/x', 'y', { form: gnu, rest: 'web/charts' })],
  'files after its end': [end, hidden],
  'a number of no base': [header('web/x', 0, { size: '0000000001x\0' })],
} as const;

async function archiveOf(parts: readonly Buffer[]): Promise<string> {
  const path = join(await testFolder(), 'web-1.0.0.tgz');
  await writeFile(path, gzipSync(Buffer.concat([chart, ...parts, end])));
  return path;
}

async function read(path: string): Promise<readonly string[]> {
  const files: string[] = [];
  await readArchive({ path, name: 'web-1.0.0.tgz', compression: 'gzip' }, async (file) => void files.push(file.path));
  return files;
}

describe('an archive in which helm would see another file than the check', () => {
  it.each(Object.entries({ ...hiding, ...unclear }))('is refused for %s', async (_, parts) => {
    const error = await faultOf(read(await archiveOf(parts)));
    expect(error.code).toBe('archive-unsafe');
  });

  it.each(Object.entries(hiding))('is one that helm opens: %s', async (_, parts) => {
    const path = await archiveOf(parts);
    for (const { helm } of helms) {
      const said = await new Promise((done) =>
        execFile(helm.path, ['template', path], (_, __, stderr) => done(stderr)),
      );
      expect(said).toContain('the schema(s) in the following chart(s)');
    }
  });
});

describe('an archive of any common program', () => {
  it.each([
    ['with a long name', [attributes('x', { path: `web/${'a'.repeat(120)}.yaml`, mtime: '1.5' }), entry('web/a', 'y')]],
    ["with GNU tar's long name", [entry('long', 'web/templates/b.yaml\0', { kind: 'L', form: gnu }), entry('b', 'y')]],
    ["with git's note about all entries", [attributes('g', { comment: 'a'.repeat(40) }), entry('web/a', 'y')]],
    ['with folders', [header('web/templates/', 0, { kind: '5' }), entry('web/templates/a.yaml', 'y')]],
  ] as const)('%s is read', async (_, parts) => {
    const files = await read(await archiveOf(parts));
    expect(files).toHaveLength(3);
  });
});
