/** The rooms that resolve, plan and copy, as `run.ts` puts them together, without charts and helm. */
import { readFileSync } from 'node:fs';
import { noCredential } from '../../src/credentials/credential.ts';
import type { DiscoveredImage } from '../../src/discovery/use.ts';
import { createHttp } from '../../src/http/http.ts';
import { parseReference } from '../../src/image/reference.ts';
import { silentLog } from '../../src/log.ts';
import { copyImages } from '../../src/mirror/copy-images.ts';
import { planCopies } from '../../src/mirror/plan-copies.ts';
import { createSizer } from '../../src/mirror/plan-size.ts';
import { createRegistries } from '../../src/registry/registries.ts';
import { resolveImages } from '../../src/resolution/resolve.ts';

const [, , file = ''] = process.argv;
// Written by contestants.ts.
const task = JSON.parse(readFileSync(file, 'utf8')) as {
  source: string;
  target: string;
  repositories: string[];
  concurrency: number;
};

const signal = new AbortController().signal;
const { concurrency } = task;
const registries = createRegistries({
  http: await createHttp({ log: silentLog, signal, proxyEnv: {} }),
  credentials: { for: async () => noCredential },
  plainHttp: [task.source, task.target],
  concurrency,
  later: task.target,
  mask: () => {},
  log: silentLog,
});
const source = { kind: 'registry', text: task.source, registry: task.source, namespace: '' } as const;
const { resolutions } = await resolveImages(task.repositories.map(imageOf), [source], registries, {
  concurrency,
});
const sizer = createSizer({ registries, foreignLayers: 'left out', purpose: 'copy' });
const plan = await planCopies(resolutions, { registry: task.target, namespace: '' }, 'fail', registries, sizer);
const outcomes = await copyImages(plan, registries, { attachments: 'all', concurrency, log: silentLog, signal });
await registries.close();
const failed = outcomes.filter(({ result }) => result !== 'copied' && result !== 'present');
if (failed.length > 0 || outcomes.length !== task.repositories.length) {
  console.error(JSON.stringify(failed[0] ?? resolutions[0], null, 2));
  process.exitCode = 1;
}

function imageOf(repository: string): DiscoveredImage {
  const text = `${task.source}/${repository}:1`;
  const reference = parseReference(text);
  if (!reference.ok) throw new Error(reference.reason);
  return { image: text, reference: reference.value, confidence: 'declared', uses: [] };
}
