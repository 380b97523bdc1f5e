/** Small charts, written to a folder or packed as a test needs them, also in ways that helm would never pack one. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** Text by path from the chart's root. */
export type ChartFiles = Readonly<Record<string, string>>;

/** A chart called `web`, version 1.0.0, with one pod that has this image; `more` adds and replaces files. */
export function podChart(image: string, more: ChartFiles = {}): ChartFiles {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image }] },
  };
  return {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    // YAML takes JSON, and JSON writes any text.
    'templates/pod.yaml': `${JSON.stringify(pod, undefined, 1)}\n`,
    ...more,
  };
}

export async function writeFiles(folder: string, files: ChartFiles): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A gzipped tar with these entries, whatever their names. */
export async function packFiles(files: ChartFiles): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}
