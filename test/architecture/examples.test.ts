/**
 * The complete workflows and pipelines in `examples/`; see also `workflows.test.ts`, which holds their inputs to those
 * that exist.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/root.ts';
import { pipeline } from './pipeline-schema.ts';

const kinds = ['acr-import', 'air-gapped', 'aosm-publish', 'aosm-release', 'mirror', 'pr-check'];

async function example(host: 'github' | 'azure-pipelines', kind: string): Promise<string> {
  return await readFile(join(root, 'examples', host, `${kind}.yml`), 'utf8');
}

test.each(['github', 'azure-pipelines'])(
  '%s has an example of each kind, and the README says what each is for',
  async (host) => {
    expect((await readdir(join(root, 'examples', host))).sort()).toEqual(kinds.map((kind) => `${kind}.yml`));
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    for (const kind of kinds) expect(readme).toContain(`](examples/${host}/${kind}.yml)`);
  },
);

function faultsOf(yaml: string): readonly string[] {
  const read = v.safeParse(pipeline, parse(yaml, { schema: 'failsafe' }));
  return read.success ? [] : read.issues.map(({ message }) => message);
}

describe('the schema of pipelines', () => {
  test.each(kinds)('takes %s', async (kind) => {
    expect(faultsOf(await example('azure-pipelines', kind))).toEqual([]);
  });

  test.each([
    ['a key of pipelines', 'pool:', 'pol:'],
    ['a key of steps', 'displayName: Copy', 'displayNam: Copy'],
    ['steps', 'steps:', 'step:'],
    ['a task without its version', 'ChartImages@0', 'ChartImages'],
    ['a depth that is no number', 'fetchDepth: 1', 'fetchDepth: all'],
    ['branches that are no list', 'include: [main]', 'include: main'],
  ])('does not take a mistake in %s', async (_, right, wrong) => {
    const text = await example('azure-pipelines', 'mirror');
    expect(text).toContain(right);
    expect(faultsOf(text.replace(right, wrong))).not.toEqual([]);
  });
});

test('a job on GitHub that is an application may ask for its token, and no other job may', async () => {
  for (const kind of kinds) {
    const workflow = parse(await example('github', kind));
    for (const job of Object.values<Job>(workflow.jobs)) {
      const isApplication = job.steps.some((step) => step.with?.['azure-client-id'] !== undefined);
      const permission = { ...workflow.permissions, ...job.permissions }['id-token'];
      expect([kind, permission]).toEqual([kind, isApplication ? 'write' : undefined]);
    }
  }
});

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly with?: Readonly<Record<string, unknown>> }[];
}
