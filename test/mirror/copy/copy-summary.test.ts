/** Findings for copies and attachments that failed for the same reason. */
import { expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { attachmentFindings } from '../../../src/mirror/copy/attachment-findings.ts';
import { copyFailures } from '../../../src/mirror/copy/copy-summary.ts';
import type { Outcome } from '../../../src/mirror/plan/plan.ts';
import { withOperation } from '../../../src/registry/client/registry-error.ts';
import { makeImage } from '../../support/images.ts';
import { planOf } from '../../support/planned.ts';

const image = await makeImage({ seed: 'image' });
const { copies } = planOf(
  ...['a', 'b', 'c'].map((name) => ({ image, from: `source.io/${name}:1`, to: `target.io/${name}:1` })),
);
const full = new ChartImagesError('denied', 'target.io returned 403.', { advice: 'Ask for more space.' });
const gone = new ChartImagesError('not-found', 'source.io returned 404.', { advice: 'Push it again.' });
const names = copies.map((copy) => copy.image.image);

function failed(index: number, error: ChartImagesError): readonly Outcome[] {
  return copies.slice(index, index + 1).map((copy) => ({ result: 'failed', copy, error }));
}

test('images that cannot be copied for the same reason are one finding, which has all of them', () => {
  const outcomes = ['x', 'y'].flatMap((layer, index) => failed(index, withOperation(`push ${layer}`, full)));
  const findings = copyFailures([...outcomes, ...failed(2, gone)]);
  expect(findings.map(({ image: first, images }) => [first, images])).toEqual([
    // The target's refusal stands at no line of a chart, so none of its images is the finding's own.
    [undefined, names.slice(0, 2)],
    [names[2], undefined],
  ]);
  expect(findings[0]?.message).toContain(`Also affected: ${names[1]}.`);
});

test('images whose attachments are missing for the same reason are one finding, which has all of them', () => {
  const outcomes = copies.map((copy, index): Outcome => {
    const own = { name: `sha256-${index}.sig`, error: withOperation(`push ${index}`, full) };
    const other = { name: 'sha256-2.att', error: gone };
    return { result: 'copied', copy, bytes: 0, attachments: index === 2 ? [own, other] : [own] };
  });
  const findings = attachmentFindings(outcomes);
  expect(findings.map(({ image: first, images }) => [first, images])).toEqual([
    [names[0], names],
    [names[2], undefined],
  ]);
  expect(findings[0]?.attachments).toEqual(names.map((of, index) => ({ image: of, name: `sha256-${index}.sig` })));
  expect(findings[0]?.message).toMatch(/^Cannot copy sha256-0\.sig of .* Also affected: .*b:1 and .*c:1\.$/);
  expect(findings[1]?.message).toMatch(/^Cannot copy sha256-2\.att of /);
});
