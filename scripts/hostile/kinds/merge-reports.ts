import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { merge } from '../../../src/app/merge.ts';
import type { Opened } from '../kind.ts';
import { mutateBytes } from '../mutate-text.ts';
import { type Json, mutateTree } from '../mutate-tree.ts';
import { openRunner } from '../runner.ts';

const digest = `sha256:${'a'.repeat(64)}`;

const use: Json = {
  chart: 'contoso',
  chartPath: 'charts/contoso',
  valueSets: ['default'],
  template: 'contoso/templates/a.yaml',
  kind: 'Deployment',
  name: 'contoso-a',
  path: 'spec.template.spec.containers[0].image',
  line: 12,
  rule: 'pod-spec',
  optionalBy: ['a=true'],
};

const report: Json = {
  version: 1,
  charts: [{ name: 'contoso', version: '1.0.0', path: 'charts/contoso', helm: '4.2.4', valueSets: ['default'] }],
  images: [
    {
      image: 'repository/release/contoso-a:1.0.0',
      confidence: 'certain',
      uses: [use],
      status: 'found',
      source: 'registry.test/release/contoso-a:1.0.0',
      digest,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      size: 1234,
      platforms: ['linux/amd64'],
      trace: [{ candidate: 'registry.test/release/contoso-a:1.0.0', result: 'found' }],
      target: 'target.test/release/contoso-a:1.0.0',
      outcome: 'copied',
      bytes: 1234,
    },
    {
      image: 'b:2',
      confidence: 'likely',
      uses: [use],
      status: 'absent',
      source: null,
      digest: null,
      mediaType: null,
      size: null,
      trace: [{ candidate: 'registry.test/b:2', result: 'absent', reason: 'not there' }],
      target: null,
      outcome: null,
    },
  ],
  findings: [
    {
      code: 'absent',
      severity: 'error',
      message: 'No source has b:2.',
      advice: 'Push it.',
      image: 'b:2',
      file: 'charts/contoso/values.yaml',
      line: 3,
    },
  ],
  errors: [{ code: 'network', message: 'registry.test does not answer.', advice: 'Try again.' }],
  totals: { images: 2, found: 1, absent: 1, unknown: 0, copied: 1, bytes: 1234 },
};

/** Two reports of one run's parts, one of them or both made by a stranger. */
export async function openMergeReports(folder: string): Promise<Opened> {
  const runner = await openRunner(folder);
  const files = ['one', 'two'].map((name) => join(folder, 'reports', name, 'images.json'));
  for (const file of files) mkdirSync(join(file, '..'), { recursive: true });
  return {
    make(random) {
      const texts = files.map(() => {
        const text = JSON.stringify(random.once(4) ? report : mutateTree(report, random));
        return random.once(5) ? mutateBytes(text, random) : Buffer.from(text);
      });
      return {
        input: Buffer.concat(texts.flatMap((text) => [text, Buffer.from('\n')])),
        async run() {
          for (const [index, file] of files.entries()) writeFileSync(file, texts[index] ?? '');
          let outcome = 'nothing';
          const shown = await runner.around(async (host) => {
            const print: typeof host.print = (face) => {
              host.print(face);
              const { errors } = JSON.parse(face.json) as { errors: { code: string }[] };
              outcome = [...new Set(errors.map(({ code }) => code))].sort().join('+') || 'joined';
            };
            const merging = {
              ...host,
              print,
              inputs: { merge: 'reports/*' },
              folders: { ...host.folders, work: folder },
            };
            await merge(merging, new AbortController().signal);
          });
          return { outcome, texts: shown };
        },
      };
    },
  };
}
