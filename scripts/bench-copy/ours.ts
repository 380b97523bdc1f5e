/** The modules that resolve, plan and copy, as `run.ts` puts them together, without charts and helm. */
import { readFileSync } from 'node:fs';
import { createHttpClient } from '../../src/core/http/http.ts';
import { silentLog } from '../../src/core/log.ts';
import { parseReference } from '../../src/core/oci/reference.ts';
import type { DiscoveredImage } from '../../src/discovery/image-use.ts';
import { copyImages } from '../../src/mirror/copy/copy-images.ts';
import { planCopies } from '../../src/mirror/plan/plan-copies.ts';
import { createSizeEstimator } from '../../src/mirror/plan/plan-size.ts';
import { createRegistries } from '../../src/registry/client/registry-pool.ts';
import { noCredential } from '../../src/registry/credentials/credential.ts';
import { resolveImages } from '../../src/resolve/resolve.ts';
import { traceOf } from '../../test/support/credential-trace.ts';

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
  http: await createHttpClient({ log: silentLog, signal, proxyEnv: {} }),
  credentials: { get: async () => noCredential },
  plainHttp: [task.source, task.target],
  concurrency,
  warmUpHost: task.target,
  trace: traceOf(),
  log: silentLog,
});
const source = { kind: 'registry', text: task.source, registry: task.source, namespace: '' } as const;
const { resolutions } = await resolveImages(task.repositories.map(imageOf), [source], registries, {
  concurrency,
});
const sizer = createSizeEstimator({ registries, foreignLayers: 'left out', purpose: 'copy' });
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
