import { expect, test } from 'vitest';
import { problemsOf } from '../../../src/report/model/problems.ts';
import { emptyReport } from '../../../src/report/model/report.ts';
import { rowsOf } from '../../../src/report/model/rows.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import { deadRegistry, memoryRegistries } from '../../support/memory-registry.ts';
import { untraced } from '../../support/path-rules.ts';

test('the error of a registry is shown once and not for each of its repositories', async () => {
  const images = [discovered('core/a:1')];
  const registries = memoryRegistries(deadRegistry('r.io'));
  const { resolutions, findings } = await resolveImages(images, sourcesOf('r.io'), registries, {
    concurrency: 1,
    pathRule: untraced,
  });
  const report = { ...emptyReport, discovery: { images, findings: [] }, resolutions, findings };
  const [problem] = problemsOf({ ...report, rows: rowsOf(report) });
  expect(problem?.message).toContain('r.io did not answer');
  expect(problem?.lookups).toEqual([
    { reference: 'r.io/a:1', result: 'unknown', reason: '' },
    { reference: 'r.io/core/a:1', result: 'unknown', reason: '' },
  ]);
});
