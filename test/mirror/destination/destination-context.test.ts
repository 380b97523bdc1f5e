import { expect, test } from 'vitest';
import { createHttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { CopySettings, ImportTarget } from '../../../src/mirror/destination/destination-context.ts';
import { createDestinationContext } from '../../../src/mirror/destination/destination-context.ts';
import { memoryRegistries } from '../../support/memory-registry.ts';

async function accessFor(given: Partial<CopySettings>) {
  const request: CopySettings = {
    copyMode: 'auto',
    foreignLayers: 'left out',
    push: true,
    shard: undefined,
    ...given,
  };
  const http = await createHttpClient({ log: silentLog, signal: new AbortController().signal, proxyEnv: {} });
  await http.close();
  const importer = {
    import: () => Promise.reject(new Error('nothing is imported here')),
    mayImportInto: async (registry: string) => registry === 'imports.azurecr.io',
  };
  return createDestinationContext(request, { importer, registries: memoryRegistries(), http, log: silentLog });
}

const registry = (host: string): ImportTarget => ({ kind: 'registry', host });
const store: ImportTarget = { kind: 'artifact-store' };

test.each([
  ['a registry that nothing is imported into', 'auto', registry('t.io'), 'measured'],
  ['a registry that Azure may import into', 'auto', registry('imports.azurecr.io'), 'not measured'],
  ['the same when the user wants to stream', 'stream', registry('imports.azurecr.io'), 'measured'],
  ['an artifact store', 'auto', store, 'not measured'],
  ['an artifact store when the user wants to stream', 'stream', store, 'measured'],
] as const)('a plan for %s is as it should be (%s)', async (_, copyMode, target, measured) => {
  const access = await accessFor({ copyMode });
  const sizers = [await access.planSizerFor(target), await access.sizerFor(target)];
  expect(sizers.map((sizer) => (sizer === undefined ? 'not measured' : 'measured'))).toEqual([measured, measured]);
});

test('a shard measures its own part, once it knows it, and not the whole plan', async () => {
  const access = await accessFor({ shard: { index: 1, total: 2 } });
  expect(await access.planSizerFor(registry('t.io'))).toBeUndefined();
  expect(await access.sizerFor(registry('t.io'))).toBeDefined();
});

test('foreign layers are read only where the user wants them', async () => {
  expect((await accessFor({})).nonDistributable).toBeUndefined();
  expect((await accessFor({ foreignLayers: 'included' })).nonDistributable).toBeDefined();
});
