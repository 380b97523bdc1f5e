import { afterEach, describe, expect, test, vi } from 'vitest';
import { settleRules } from '../../src/app/settle-rules.ts';
import { ChartImagesError } from '../../src/core/errors.ts';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { faultOf } from '../inputs/expect-error.ts';
import { podChart } from '../support/chart.ts';
import { makeRepository } from '../support/checkout.ts';
import { terminalIn } from './app-fixtures.ts';

afterEach(() => vi.unstubAllEnvs());

const { signal } = new AbortController();
const files = Object.fromEntries(Object.entries(podChart('nginx:1')).map(([path, text]) => [`web/${path}`, text]));
const ignoring = (image: string): string => `ignore:\n  - image: ${image}\n    reason: As agreed.\n`;

/** A checkout on the branch `change`, which ignores another image than `main`. */
async function changedCheckout() {
  const repository = await makeRepository();
  await repository.commit({ ...files, 'chart-images.yaml': ignoring('nginx') });
  await repository.git('switch', '--quiet', '--create', 'change');
  await repository.commit({ 'chart-images.yaml': ignoring('redis') });
  return repository.folder;
}

async function settleIn(work: string, ...flags: readonly string[]) {
  const { host, written } = await terminalIn(work, '--charts=web', ...flags);
  const own = await readSettings(host.inputs, { workFolder: work, host: host.name });
  return { settle: () => settleRules(own, host, signal), own, written };
}

const ignoredBy = ({ policy }: Awaited<ReturnType<typeof readSettings>>) =>
  policy.ignores.map(({ patterns }) => patterns);

describe('the rules of a run', () => {
  test('are its own if it has no base', async () => {
    const { settle, own } = await settleIn(await changedCheckout());
    expect(await settle()).toEqual({ settings: own, base: undefined, findings: [] });
  });

  test('are those of its base, and each change of them is a finding', async () => {
    const { settle, own } = await settleIn(await changedCheckout(), '--base-ref=main');
    const { settings, base, findings } = await settle();
    expect(ignoredBy(own)).toEqual([{ image: 'redis' }]);
    expect(ignoredBy(settings)).toEqual([{ image: 'nginx' }]);
    expect(base?.name.label).toBe('main');
    expect(findings.map(({ code }) => code)).toContain('policy-changed');
  });

  test('are its own, with a finding, if the base that the host names cannot be read', async () => {
    const work = await changedCheckout();
    const { settle, own, written } = await settleIn(work);
    vi.stubEnv('GITHUB_BASE_REF', 'nowhere');
    const { settings, base, findings } = await settle();
    expect({ settings, base }).toEqual({ settings: own, base: undefined });
    expect(findings).toMatchObject([{ code: 'no-base', severity: 'warning' }]);
    expect(written.error).toContain('Every finding counts as new.');
  });

  test('are an error if the base that the user names does not exist', async () => {
    const { settle } = await settleIn(await changedCheckout(), '--base-ref=nowhere');
    expect(await faultOf(settle)).toBeInstanceOf(ChartImagesError);
  });

  test('come with a warning if fail-on-new has no base to compare with', async () => {
    const { settle, written } = await settleIn(await changedCheckout(), '--fail-on-new=true');
    expect((await settle()).base).toBeUndefined();
    expect(written.error).toContain('Not compared with a base, because the run is not for a pull request');
  });
});
