import { describe, expect, test } from 'vitest';
import { outputCharacters, outputsOf } from '../../../src/report/model/outputs.ts';
import { contoso, contosoWithout, large, viewOf } from './sample.ts';

const options = { report: '/home/runner/temp/images.json', characters: outputCharacters.github };

describe('A later step', () => {
  test('reads the counts, the bytes and the path of the report', () => {
    const { images, unresolved, ...others } = outputsOf(viewOf(contoso()), options).outputs;
    expect(JSON.parse(images)).toHaveLength(4);
    expect(unresolved).toBe('[]');
    expect(others).toEqual({
      'image-count': '4',
      'unresolved-count': '0',
      'copied-count': '4',
      'copied-bytes': '12300000',
      report: '/home/runner/temp/images.json',
      'lock-file': '',
    });
  });

  test('reads the path of the lock file that is in use', () => {
    expect(outputsOf(viewOf({ ...contoso(), lockFile: 'images.lock' }), options).outputs['lock-file']).toBe(
      'images.lock',
    );
  });

  test('reads where each image comes from and what is missing, as JSON on one line', () => {
    const { outputs } = outputsOf(viewOf(contosoWithout()), { ...options, report: undefined });
    expect(JSON.parse(outputs.unresolved)).toEqual([
      {
        image: 'repository/release/contoso-c:1.0.0',
        status: 'absent',
        source: null,
        digest: null,
        target: null,
        outcome: null,
      },
    ]);
    expect(JSON.parse(outputs.images)).toHaveLength(4);
    expect(outputs.images).not.toContain('\n');
    expect(outputs).toMatchObject({ 'unresolved-count': '1', 'copied-count': '0', report: '' });
  });
});

describe('A list that is too long for the host', () => {
  test('is cut to the references, and a notice says so', () => {
    const { outputs, notices } = outputsOf(viewOf(large(300)), { ...options, characters: outputCharacters.azure });
    expect(JSON.parse(outputs.images)).toHaveLength(300);
    expect(JSON.parse(outputs.images)[0]).toEqual({ image: 'registry.example:5000/team-0/service-0:2.0.0' });
    expect(notices).toEqual([
      'The output "images" is too long for this host and contains only the references. For all data, see images.json.',
    ]);
  });

  test('is cut to as many references as there is room for, and stays JSON', () => {
    for (let characters = 900; characters < 1000; characters += 1) {
      const { outputs, notices } = outputsOf(viewOf(large(300)), { ...options, characters });
      const shown: unknown[] = JSON.parse(outputs.images);
      expect(outputs.images.length).toBeLessThanOrEqual(characters);
      // One more of these references takes 61 characters at most.
      expect(outputs.images.length).toBeGreaterThan(characters - 61);
      expect(notices[0]).toContain(`contains only ${shown.length} of 300 references`);
      expect(outputs['image-count']).toBe('300');
    }
  });
});
