/** What SECURITY.md says of the code and its tests, held against them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../src/core/errors.ts';
import { root } from '../support/root.ts';

const read = async (...path: readonly string[]) => await readFile(join(root, ...path), 'utf8');

const policy = await read('SECURITY.md');
const manifest = JSON.parse(await read('package.json'));

/** The text below a heading of the second level. */
function section(heading: string): string {
  return policy.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
}

/** Nothing is sent to these because of their name alone. */
const notContacted = new Set([
  // A key of docker's files, the audience of a token, the id of a schema, another name of a cloud, an example.
  'index.docker.io',
  'containerregistry.azure.net',
  'docs.oasis-open.org',
  'login.partner.microsoftonline.cn',
  'myregistry.azurecr.io',
  // Registries whose answers mean something of their own, asked where the user's images are there.
  'ghcr.io',
  'quay.io',
  // Prefixes of annotations.
  'artifacthub.io',
  'helm.sh',
]);

describe('SECURITY.md', () => {
  test('names only tests that exist', async () => {
    const named = [...policy.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
    const tests = new Set(
      (await readdir(join(root, 'test'), { recursive: true })).map((path) => `test/${path.replaceAll('\\', '/')}`),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !tests.has(path))).toEqual([]);
  });

  test('names a test for each promise', () => {
    const rows = section('Promises')
      .split('\n')
      .filter((line) => /^\| (?!Promise |---)/.test(line));
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => !/\| `test\/[^|]+\.test\.ts`[^|]*\|$/.test(row))).toEqual([]);
  });

  test('names every host that the code knows', async () => {
    const hosts = new Set<string>();
    for (const file of await readdir(join(root, 'src'), { recursive: true })) {
      if (!file.endsWith('.ts')) continue;
      for (const line of (await read('src', file)).split('\n')) {
        if (/^\s*(?:\*|\/\/|\/\*)/.test(line)) continue;
        for (const [, host = ''] of line.matchAll(
          /'(?:https?:\/\/)?((?:[a-z0-9-]+\.)+(?:com|net|io|us|cn|sh|org|dev|254))(?:\/[^']*)?'/g,
        ))
          hosts.add(host);
      }
    }
    expect(hosts).toContain('get.helm.sh');
    expect(hosts).toContain('registry-1.docker.io');
    expect(
      [...hosts].filter((host) => !notContacted.has(host) && !section('Hosts contacted').includes(`\`${host}\``)),
    ).toEqual([]);
  });

  test('names the version and the place of this release in every command', () => {
    const versions = [...section('Pin and verify').matchAll(/\bv?(\d+\.\d+\.\d+)\b/g)].map(([, version]) => version);
    expect(new Set(versions)).toEqual(new Set([manifest.version]));
    const places = [...policy.matchAll(/--repo (\S+)|github\.com\/([\w-]+\/[\w-]+)/g)].map(
      ([, repository, address]) => repository ?? address,
    );
    expect(new Set(places)).toEqual(new Set(['chart-images/chart-images']));
  });

  test('names the files of sums and the SBOM that a release has', async () => {
    const { sumFiles } = await import('../../scripts/release.ts');
    for (const file of [...Object.values(sumFiles), 'chart-images.cdx.json']) expect(policy).toContain(`\`${file}\``);
  });

  test('promises the exit code that an interrupted run has', () => {
    expect(section('Promises')).toContain(`exit code ${errorCodes.cancelled.exit}`);
  });
});
