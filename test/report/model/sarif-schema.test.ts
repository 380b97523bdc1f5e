import { createRequire } from 'node:module';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { toSarif } from '../../../src/report/sarif/sarif.ts';
import { contoso, contosoWithout, fault, finding, ignored, large, report, viewOf } from './sample.ts';

/** The published schema of SARIF 2.1.0, as Microsoft's own matchers carry it. */
const schema: object = createRequire(import.meta.url)('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');

// Some of its patterns are none with the flag `u`.
const ajv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const isValid = ajv.compile(schema);

test('images.sarif keeps to the published schema of SARIF 2.1.0, whatever became of the images', () => {
  const ended = report({
    errors: [fault('helm-missing'), fault('chart-render', 'No.', { file: 'a b.yaml', line: 3 })],
  });
  const many = report({ findings: Array.from({ length: 5_001 }, () => finding('unreadable', { file: 'a.yaml' })) });
  const passedOver = report({ ignored: [ignored()] });
  for (const of of [contoso(), contosoWithout(), large(120), ended, many, passedOver, report({ charts: [] })]) {
    isValid(JSON.parse(toSarif(viewOf(of))));
    expect(isValid.errors ?? []).toEqual([]);
  }
});

test('the schema refuses what is no SARIF', () => {
  expect(isValid({ ...JSON.parse(toSarif(viewOf(contoso()))), version: '2.0.0' })).toBe(false);
});
