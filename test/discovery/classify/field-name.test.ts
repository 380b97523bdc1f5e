import { expect, it } from 'vitest';
import { classifyFieldName } from '../../../src/discovery/classify/field-name.ts';
import { splitWords } from '../../../src/discovery/classify/split-words.ts';

it('the words of a name are the same in every spelling', () => {
  for (const name of ['kafkaImages', 'KAFKA_IMAGES', '--kafka-images', 'kafka.images', 'KafkaImages']) {
    expect(splitWords(name)).toEqual(['kafka', 'images']);
  }
  expect(splitWords('imageURLPrefix')).toEqual(['image', 'url', 'prefix']);
});

it.each([
  ['image', 'image'],
  ['dockerimage', 'image'],
  ['RELATED_IMAGE_SECRET_SERVER', 'image'],
  ['registryImage', 'image'],
  ['--shell-image-win', 'image'],
  ['imageTag', 'aspect'],
  ['image.repository', 'aspect'],
  ['repository', 'aspect'],
  ['machineImage', 'aspect'],
  ['bootImage', 'aspect'],
  ['machineControllerImage', 'image'],
  ['favicon_image', 'aspect'],
  ['imageLogo', 'aspect'],
  ['backgroundImage', 'aspect'],
  ['backgroundWorkerImage', 'image'],
  ['imageStreamTag', 'not-image'],
  ['streamImage', 'image'],
  ['package', 'nothing'],
  ['', 'nothing'],
  ['imagePullPolicy', 'not-image'],
  ['IMAGE_PULL_SECRETS', 'not-image'],
  ['exempt-images', 'not-image'],
  ['chartURL', 'not-image'],
  ['nodeLabels', 'not-image'],
] as const)('the name "%s" says %s', (name, meaning) => {
  expect(classifyFieldName(name)).toBe(meaning);
});
