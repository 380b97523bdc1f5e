import { describe, expect, it } from 'vitest';
import { toErrors } from '../../../src/core/errors.ts';
import { latestInRange, parseHelmVersion, pinnedHelm, satisfies } from '../../../src/helm/cli/helm-release.ts';
import { releaseFile } from '../../../src/helm/cli/release-file.ts';

function refused(text: string) {
  try {
    parseHelmVersion(text);
  } catch (error) {
    return toErrors(error)[0];
  }
  throw new Error(`"${text}" was expected to be refused`);
}

describe('helm-version', () => {
  it.each([
    ['installed', { kind: 'installed' }],
    ['latest', { kind: 'latest' }],
    ['v4.2.4', { kind: 'exact', version: '4.2.4' }],
    ['3.14.0', { kind: 'exact', version: '3.14.0' }],
    ['3.18', { kind: 'range', range: '3.18' }],
    ['3.x', { kind: 'range', range: '3.x' }],
    ['^4', { kind: 'range', range: '^4' }],
    ['>=3.10 <3.15', { kind: 'range', range: '>=3.10 <3.15' }],
  ])('%s is understood', (text, wish) => {
    expect(parseHelmVersion(text)).toEqual(wish);
  });

  it.each(['3.13.9', 'v2.17.0', '3.13', '2.x', '<3.14'])('%s is too old', (text) => {
    expect(refused(text)).toMatchObject({
      code: 'helm-version',
      message: expect.stringContaining('the oldest supported version is 3.14.0'),
    });
  });

  it.each(['newest', '', '4.2.4.1', 'https://example.com'])('"%s" is no version', (text) => {
    expect(refused(text)).toMatchObject({
      code: 'helm-version',
      message: expect.stringContaining('it is not a version or a range'),
    });
  });

  it.each<[string, string, boolean]>([
    ['installed', '3.14.0', true],
    ['installed', '3.13.9', false],
    ['installed', '4.2', true],
    ['installed', 'unknown', false],
    ['latest', '4.2.4', false],
    ['4.2.4', '4.2.4', true],
    ['4.2.4', '4.2.4+gabc', true],
    ['4.2.4', '4.2', false],
    ['4.2', '4.2', true],
    ['3.x', '4.2.4', false],
    ['>=3', '3.9.0', false],
  ])('%s is satisfied by an installed %s: %s', (text, reported, satisfied) => {
    expect(satisfies(parseHelmVersion(text), reported)).toBe(satisfied);
  });

  it('takes the newest finished release of a range', () => {
    const versions = ['3.9.0', '3.18.1', '3.18.10', '3.18.9', '3.19.0-rc.1', '4.2.4', 'nonsense'];
    expect(latestInRange('3.18', versions)).toBe('3.18.10');
    expect(latestInRange('3', versions)).toBe('3.18.10');
    expect(latestInRange('>=3', versions)).toBe('4.2.4');
    expect(latestInRange('<3.18', versions)).toBeUndefined();
  });
});

describe('the release file', () => {
  it('has helm’s name for the machine, and a sum where the release is the pinned one', () => {
    expect(releaseFile('3.18.0', { platform: 'linux', arch: 'x64' })).toEqual({
      name: 'helm-v3.18.0-linux-amd64.tar.gz',
      format: 'tar.gz',
      program: 'linux-amd64/helm',
      sha256: undefined,
    });
    expect(releaseFile(pinnedHelm, { platform: 'win32', arch: 'arm64' })).toMatchObject({
      name: `helm-v${pinnedHelm}-windows-arm64.zip`,
      format: 'zip',
      program: 'windows-arm64/helm.exe',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it.each([
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['linux', 'arm'],
    ['linux', 'ia32'],
    ['linux', 'loong64'],
    ['linux', 'ppc64'],
    ['linux', 's390x'],
    ['linux', 'riscv64'],
    ['darwin', 'x64'],
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['win32', 'arm64'],
  ])('of the pinned release has a sum for %s on %s', (platform, arch) => {
    expect(releaseFile(pinnedHelm, { platform, arch }).sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not exist for machines that helm is not released for', () => {
    expect(() => releaseFile(pinnedHelm, { platform: 'aix', arch: 'ppc64' })).toThrow('there is no release for aix');
  });
});
