/** Charts and archives written for one test, and the two real helms that every rendering test runs with. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { toolPath } from '../../scripts/tools.ts';

/** Path → text. */
export type Files = Readonly<Record<string, string>>;

export async function writeFiles(folder: string, files: Files): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

/** A chart of one name with one pod; `files` add to it or take the place of its own. */
export function chartFiles(name: string, files: Files = {}): Files {
  return {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    'values.yaml': 'image: registry.example/app:1.0.0\n',
    'templates/pod.yaml': [
      'apiVersion: v1',
      'kind: Pod',
      'metadata: { name: pod }',
      'spec: { containers: [{ name: app, image: "{{ .Values.image }}" }] }',
      '',
    ].join('\n'),
    ...files,
  };
}

/** One entry of an archive: a text, or a header for what charts should not have. */
export type TarEntry = { readonly name: string; readonly content?: string | Buffer } & Partial<Header>;

export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of entries) archive.entry(header, content ?? '');
  archive.finalize();
  return await buffer(archive);
}

/** A chart as `helm package` packs it, all in one folder. */
export async function packedChart(name: string, files: Files = chartFiles(name)): Promise<Buffer> {
  return gzipSync(await tarOf(Object.entries(files).map(([path, content]) => ({ name: `${name}/${path}`, content }))));
}

/** The first line of the package's version is the one that a build from source tells. */
export const helms = [
  { title: 'helm 3', helm: { path: toolPath('helm-3'), version: '3.21' } },
  { title: 'helm 4', helm: { path: toolPath('helm-4'), version: '4.2' } },
] as const;
