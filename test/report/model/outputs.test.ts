import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { outputBytes, outputBytesOn, outputsOf } from '../../../src/report/model/outputs.ts';
import { contoso, contosoWithout, large, viewOf } from './sample.ts';

const options = { report: '/home/runner/temp/images.json', maximumBytes: outputBytes.linux };

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
  test('is cut to the references, and a notice names the report that has all', () => {
    const { outputs, notices } = outputsOf(viewOf(large(300)), { ...options, maximumBytes: outputBytes.windows });
    expect(JSON.parse(outputs.images)).toHaveLength(300);
    expect(JSON.parse(outputs.images)[0]).toEqual({ image: 'registry.example:5000/team-0/service-0:2.0.0' });
    expect(notices).toEqual([
      'The output "images" is too long for this host and contains only the references. For all data, read /home/runner/temp/images.json.',
    ]);
  });

  test('is cut to as many references as there is room for, and stays JSON', () => {
    for (let maximumBytes = 900; maximumBytes < 1000; maximumBytes += 1) {
      const { outputs, notices } = outputsOf(viewOf(large(300)), { ...options, maximumBytes });
      const shown: unknown[] = JSON.parse(outputs.images);
      expect(outputs.images.length).toBeLessThanOrEqual(maximumBytes);
      // One more of these references takes 61 characters at most.
      expect(outputs.images.length).toBeGreaterThan(maximumBytes - 61);
      expect(notices[0]).toContain(`contains only ${shown.length} of 300 references`);
      expect(outputs['image-count']).toBe('300');
    }
  });

  test('leaves room for other steps below the 1 MB of UTF-16 that the outputs of a job may have on GitHub', () => {
    // Most bytes of UTF-16 for one of UTF-8, and both lists full.
    const report = large(5_000);
    for (const platform of ['linux', 'win32'] as const) {
      const maximumBytes = outputBytesOn('github', platform);
      const { outputs } = outputsOf(viewOf(report), { report: `/${'r'.repeat(4_095)}`, maximumBytes });
      const all = { ...outputs, unresolved: outputs.images, 'lock-file': outputs.report };
      const utf16 = Object.entries(all).reduce((sum, [name, value]) => sum + 2 * (name.length + value.length), 0);
      expect(outputs.images.length).toBeGreaterThan(maximumBytes - 100);
      expect(utf16).toBeLessThan((1024 * 1024) / 2);
    }
  });

  test('fits into the environment of a later step on Linux, also with characters of several bytes', () => {
    const images = large(2_000).resolutions.map((resolution) => {
      const image = `${'é'.repeat(60)}${resolution.image.image}`;
      return { ...resolution, image: { ...resolution.image, image } };
    });
    const report = { ...large(2_000), resolutions: images };
    const { outputs } = outputsOf(viewOf(report), { ...options, maximumBytes: outputBytesOn('github', 'linux') });
    expect(Buffer.byteLength(outputs.images)).toBeLessThanOrEqual(outputBytes.linux);
    const env = { PATH: process.env['PATH'], THE_IMAGES_OF_ALL_CHARTS: outputs.images };
    if (process.platform !== 'linux') return;
    expect(spawnSync('true', { env }).error).toBeUndefined();
    const before = { ...env, THE_IMAGES_OF_ALL_CHARTS: outputs.images.padEnd(500_000, 'x') };
    expect(spawnSync('true', { env: before }).error).toMatchObject({ code: 'E2BIG' });
  });
});
