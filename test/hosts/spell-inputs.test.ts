import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../src/core/errors.ts';
import { inputSpelling, spellInputs, spellText } from '../../src/hosts/spell-inputs.ts';
import { emptyReport } from '../../src/report/model/report.ts';

describe('an input in a message', () => {
  test.each([
    [
      'Input "push" requires "target".',
      'Input "push" requires "target".',
      'Input "push" requires "target".',
      '--push requires --target.',
    ],
    [
      'Set the input target, or remove the input push.',
      'Set the input target, or remove the input push.',
      'Set the input target, or remove the input push.',
      'Set --target, or remove --push.',
    ],
    [
      'Add its registry to image-sources, or set registry-credentials.',
      'Add its registry to image-sources, or set registry-credentials.',
      'Add its registry to imageSources, or set registryCredentials.',
      'Add its registry to --image-sources, or set --registry-credentials.',
    ],
    ['Remove fail-on-new.', 'Remove fail-on-new.', 'Remove failOnNew.', 'Remove --fail-on-new.'],
    [
      'It is set by the input set, as image.tag.',
      'It is set by the input set, as image.tag.',
      'It is set by the input set, as image.tag.',
      'It is set by --set, as image.tag.',
    ],
    [
      'Set what it needs (the input values or the input set).',
      'Set what it needs (the input values or the input set).',
      'Set what it needs (the input values or the input set).',
      'Set what it needs (--values or --set).',
    ],
  ])('%s is spelled as the host spells it', (text, github, azure, terminal) => {
    expect(spellText(text, inputSpelling('github'))).toBe(github);
    expect(spellText(text, inputSpelling('azure'))).toBe(azure);
    expect(spellText(text, inputSpelling('terminal'))).toBe(terminal);
  });

  test.each([
    'Cannot read ci/image-sources/values.yaml.',
    'Cannot read image-sources.yaml.',
    'The value "image-sources" is not a registry.',
    'Set the values that it requires, and the charts and values of the target.',
    'Write --image-sources.',
    'The chart my-image-sources-chart is absent.',
  ])('%s has none', (text) => {
    for (const host of ['github', 'azure', 'terminal'] as const)
      expect(spellText(text, inputSpelling(host))).toBe(text);
  });

  test('is the key of the input file if that has the sources', () => {
    const keys = new Map([['image-sources', 'image_sources']]);
    expect(spellText('Add it to image-sources.', inputSpelling('terminal', keys))).toBe('Add it to image_sources.');
  });
});

test('an error about the content of a file keeps the keys of the file', () => {
  const location = { file: 'chart-images.yaml', line: 2 };
  const errors = [
    new ChartImagesError('schema', 'image-sources is not a list.', { advice: 'Fix it.', location }),
    new ChartImagesError('invalid-input', 'Input "concurrency" is "x".', { advice: 'Set concurrency to 4.' }),
  ];
  const spelled = spellInputs({ ...emptyReport, errors }, inputSpelling('terminal'));
  expect(spelled.errors.map(({ message }) => message)).toEqual([
    'image-sources is not a list.',
    '--concurrency is "x".',
  ]);
});
