/** Whether an image goes through Azure or through this machine, and what the log says of it. */
import { expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { type CopyMode, createImport } from '../../../src/mirror/destination/import-strategy.ts';
import type { PlannedAction } from '../../../src/mirror/plan/plan.ts';
import type { ImageImport } from '../../../src/registry/azure/import-image.ts';
import type { ImportOutcome } from '../../../src/registry/azure/importer.ts';
import { one } from '../../support/copying.ts';
import { planOf } from '../../support/planned.ts';

const error = new ChartImagesError('denied', 'No role.', { advice: 'Ask.' });

async function importing(mode: CopyMode, outcome: ImportOutcome, step?: PlannedAction) {
  const [info, debug]: [string[], string[]] = [[], []];
  const asked: ImageImport[] = [];
  const importer = {
    async import(image: ImageImport) {
      asked.push(image);
      return outcome;
    },
    mayImportInto: async () => true,
  };
  const log = { debug: (line: string) => debug.push(line), info: (line: string) => info.push(line), warning() {} };
  const [copy] = planOf({
    image: one,
    from: 's.io/a:1',
    to: 't.io/b:2',
    ...(step === undefined ? {} : { step }),
  }).copies;
  if (copy === undefined) throw new Error('a plan of one image has one');
  const imported = createImport(mode, importer, log);
  return { result: await imported?.(copy), isTried: imported !== undefined, asked, info, debug, copy };
}

test('with copy-mode stream no import is tried', async () => {
  expect((await importing('stream', { result: 'imported' })).isTried).toBe(false);
});

test('an import is of the content that was found, and replaces a tag only where the plan does', async () => {
  const { result, asked, copy } = await importing('auto', { result: 'imported' });
  expect(result).toBe('arrived');
  expect(asked).toEqual([{ from: copy.from, digest: one.digest, to: copy.to, existing: 'keep' }]);
  const replacing = await importing('import', { result: 'imported' }, { action: 'copy', replacing: true });
  expect(replacing.asked[0]?.existing).toBe('replace');
  const other = await importing('import', { result: 'imported' }, { action: 'exists' });
  expect(other.asked[0]?.existing).toBe('keep');
});

test('with copy-mode auto an image that cannot be imported is copied, and the log says why', async () => {
  const line = 'Copying s.io/a:1 through this machine: No role.';
  const own = await importing('auto', { result: 'impossible', affects: 'this', error });
  expect([own.result, own.info, own.debug]).toEqual(['to be copied', [line], []]);
  // What affects all images is in the log once already.
  const all = await importing('auto', { result: 'impossible', affects: 'all', error });
  expect([all.result, all.info, all.debug]).toEqual(['to be copied', [], [line]]);
});

test('with copy-mode import an image that cannot be imported fails', async () => {
  await expect(importing('import', { result: 'impossible', affects: 'this', error })).rejects.toBe(error);
});
