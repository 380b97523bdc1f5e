import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeFiles } from '../support/charts.ts';
import { checkoutAt } from '../support/checkout.ts';
import type { HostRun } from '../support/host-run.ts';
import { runInTerminal } from '../support/terminal.ts';
import {
  type Attack,
  attacks,
  chartYaml,
  dependsOnLib,
  dockerConfig,
  hosts,
  moreAttacks,
  ofFile,
  ofValues,
  runAttack,
} from './repository-attacks.ts';

/** With whole titles: vitest cuts those that it takes out of objects. */
function titled(list: readonly Attack[]): readonly (readonly [string, Attack])[] {
  return list.map((attack) => [attack.title, attack]);
}

describe.each(titled(attacks))('%s', (_, attack) => {
  test.each(hosts)('gives nothing away in %s', async (_host, start) => {
    const { run, seen } = await runAttack(attack, start);
    expect(seen).not.toContain('planted');
    expectEnd(attack, run);
  });
});

test.each(titled(moreAttacks))('%s gives nothing away', async (_, attack) => {
  const { run, seen } = await runAttack(attack, async (request) => await runInTerminal(request));
  expect(seen).not.toContain('planted');
  expectEnd(attack, run);
});

test('a base that a change is compared with gives nothing away by a link that it had', async () => {
  const attack: Attack = {
    title: 'a value file of the base that is a link',
    ends: 'nothing to send',
    async plant({ work, outside, sends }) {
      const checkout = checkoutAt(work);
      await writeFile(join(outside, 'config.json'), dockerConfig);
      await symlink(join(outside, 'config.json'), join(work, 'prod.yaml'));
      await writeFiles(join(work, 'web'), sends('web', ofValues));
      await checkout.git('checkout', '--quiet', '-b', 'main');
      await checkout.commit({});
      await rm(join(work, 'prod.yaml'));
      await checkout.git('checkout', '--quiet', '-b', 'change');
      await checkout.commit({ 'prod.yaml': 'a: 1\n' });
      return { charts: 'web', values: 'prod.yaml', 'base-ref': 'main' };
    },
  };
  const { run, seen } = await runAttack(attack, async (request) => await runInTerminal(request, '--debug'));
  expect(seen).not.toContain('planted');
  expectEnd(attack, run);
  expect(run.log).toMatch(/Cannot use the values file/);
});

test('a base is rendered with its own links and file:// dependencies', async () => {
  const attack: Attack = {
    title: 'none',
    ends: 'nothing to send',
    async plant({ work, sends }) {
      const checkout = checkoutAt(work);
      await writeFiles(join(work, 'libs/lib'), sends('lib', ofFile('name'), { 'real/name': 'planted0by0the0base' }));
      await symlink('real/name', join(work, 'libs/lib/name'));
      await writeFiles(join(work, 'web'), chartYaml('web', dependsOnLib('file://../libs/lib')));
      await checkout.git('checkout', '--quiet', '-b', 'main');
      await checkout.commit({});
      await checkout.git('checkout', '--quiet', '-b', 'change');
      await checkout.commit({ 'libs/lib/real/name': 'nothing' });
      return { charts: 'web', 'base-ref': 'main' };
    },
  };
  const { run } = await runAttack(attack, async (request) => await runInTerminal(request));
  expectEnd(attack, run);
  expect(run.log).toContain('Rendered 1 chart of main for comparison');
  expect(run.log).toContain('planted0by0the0base');
});

/** That nothing is given away has to have its reason: a run that fails for another one gives nothing away either. */
function expectEnd({ ends }: Attack, { log, passed }: HostRun): void {
  expect(passed).toBe(false);
  if (ends === 'nothing to send') expect(log).toMatch(/Image not found: \S+\/nothing:1/);
  else expect(log).toContain(ends === 'path-outside' ? 'Cannot use the ' : ends);
}
