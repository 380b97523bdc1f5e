/**
 * Credentials that the host did not fill in: a fork's pull request, as both hosts start it, at a registry that wants a
 * login.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readCredentials } from '../../src/inputs/read-credentials.ts';
import { runChange } from '../support/change-run.ts';
import { makeRepository } from '../support/checkout.ts';
import { chart } from '../support/pull-request.ts';
import { faultsOf } from './expect-error.ts';

/** A registry that gives nothing without a login, with the logins that it was sent. */
async function lockedRegistry() {
  const logins: string[] = [];
  const server = createServer(({ headers }, response) => {
    if (headers.authorization !== undefined) logins.push(headers.authorization);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, logins };
}

const unfilled = [
  {
    host: 'azure',
    login: (registry: string) => `${registry} $(registryUsername) $(registryPassword)`,
    cause: 'the variable $(registryUsername) has no value in this run',
    advice: 'Builds of forks have no secret variables: set failOn: absent for them.',
  },
  {
    host: 'github',
    login: (registry: string) => `${registry}  `,
    cause: 'the user name or the password in registry-credentials is empty in this run',
    advice: 'Pull requests from forks have no secrets',
  },
] as const;

describe.each(unfilled)('credentials that $host did not fill in', ({ host, login, cause, advice }) => {
  test('are sent to no registry, and an image behind them is unknown with the cause and its own advice', async () => {
    const registry = await lockedRegistry();
    const { folder: work, commit } = await makeRepository();
    await commit(chart('app', 'team/web:1'));
    const inputs = {
      resolve: 'true',
      'image-sources': registry.host,
      'registry-credentials': login(registry.host),
    };
    const run = await runChange({ host, work, env: {}, inputs });
    expect([run.codes, registry.logins], run.log).toEqual([['unknown'], []]);
    expect(run.report.findings[0]?.message).toContain(cause);
    expect(run.report.findings[0]?.advice).toContain(advice);
    expect(run.log).toContain('It is accessed anonymously.');
  });
});

test('a password that is missing on GitHub alone is a missing credential, and an error elsewhere', async () => {
  expect(readCredentials('ghcr.io robot', 'github')).toMatchObject([
    { host: 'ghcr.io', missing: { code: 'unauthorized' } },
  ]);
  expect(readCredentials('ghcr.io none', 'github')).toEqual([{ host: 'ghcr.io', username: 'none' }]);
  for (const host of ['azure', 'terminal', undefined] as const) {
    const faults = await faultsOf(async () => readCredentials('ghcr.io robot', host));
    expect(faults.map(({ code }) => code)).toEqual(['invalid-input']);
  }
});

test('a macro of Azure Pipelines is a password like any other on other hosts', () => {
  expect(readCredentials('ghcr.io robot $(password)', 'github')).toEqual([
    { host: 'ghcr.io', username: 'robot', password: '$(password)' },
  ]);
});
