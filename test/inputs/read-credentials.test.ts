import { describe, expect, test } from 'vitest';
import { readCredentials } from '../../src/inputs/read-credentials.ts';
import { faultsOf } from './expect-error.ts';

describe('registry-credentials', () => {
  test('are lines of host, username and password', () => {
    expect(readCredentials('ghcr.io robot token\n\n  localhost:5000   admin   secret  \r\n')).toEqual([
      { host: 'ghcr.io', username: 'robot', password: 'token' },
      { host: 'localhost:5000', username: 'admin', password: 'secret' },
    ]);
  });

  test('may have blanks in the password, and nothing else is cut from it', () => {
    expect(readCredentials('ghcr.io robot a  b#c"d\\e')).toMatchObject([{ password: 'a  b#c"d\\e' }]);
  });

  test("may name Docker Hub by the key that docker's own file has", () => {
    for (const host of ['docker.io', 'https://index.docker.io/v1/', 'registry-1.docker.io']) {
      expect(readCredentials(`${host} me secret`)).toMatchObject([{ host: 'docker.io' }]);
    }
  });

  test('a credentials line can request anonymous access to a registry', () => {
    expect(readCredentials('ghcr.io none\nquay.io none x')).toEqual([
      { host: 'ghcr.io', username: 'none' },
      { host: 'quay.io', username: 'none', password: 'x' },
    ]);
  });

  test('may have the JSON key of a service account as the password, over several lines', () => {
    const key = JSON.stringify({ type: 'service_account', private_key: 'a}\n"{b\n' }, undefined, 2);
    const lines = `europe-docker.pkg.dev _json_key ${key.replaceAll('\n', '\r\n  ')}\nghcr.io robot token\n`;
    const read = readCredentials(lines);
    expect(read).toMatchObject([
      { host: 'europe-docker.pkg.dev', username: '_json_key' },
      { host: 'ghcr.io', username: 'robot', password: 'token' },
    ]);
    const [google] = read;
    expect(JSON.parse(google !== undefined && 'password' in google ? (google.password ?? '') : '')).toEqual(
      JSON.parse(key),
    );
  });

  test('may have a password that starts with a brace and is no JSON', () => {
    expect(readCredentials('ghcr.io me {a\nquay.io you b}c')).toMatchObject([{ password: '{a' }, { password: 'b}c' }]);
    expect(readCredentials('ghcr.io me {a} b\nquay.io you c')).toMatchObject([
      { password: '{a} b' },
      { password: 'c' },
    ]);
  });

  test.each([
    ['ghcr.io hunter2', 'does not have the three parts host, username and password'],
    ['hunter2', 'does not have the three parts host, username and password'],
    ['ghcr.io/contoso me hunter2', 'does not start with a registry host'],
    ['hunter2! me hunter2', 'does not start with a registry host'],
    ['GHCR.io me hunter2', 'repeats the registry of an earlier line'],
  ])('that are wrong are told by their line, and never shown', async (line, reason) => {
    const faults = await faultsOf(async () => readCredentials(`ghcr.io me hunter2\n\n${line}`));
    expect(faults).toHaveLength(1);
    expect(faults[0]?.code).toBe('invalid-input');
    expect(faults[0]?.message).toContain('Line 3 of the input "registry-credentials"');
    expect(faults[0]?.message).toContain(reason);
    expect(JSON.stringify(faults.map((fault) => ({ ...fault, message: fault.message })))).not.toContain('hunter2');
  });
});
