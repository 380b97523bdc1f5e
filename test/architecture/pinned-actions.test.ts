/** What a stranger's tag could change in our workflows, and in those that users copy. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/root.ts';

const folders = ['.github/workflows', 'examples/github'];

const files = await Promise.all(
  (
    await Promise.all(
      folders.map(async (folder) => (await readdir(join(root, folder))).map((name) => `${folder}/${name}`)),
    )
  )
    .flat()
    .map(async (name) => ({ name, text: await readFile(join(root, name), 'utf8') })),
);

/** Every `uses:` as it is written, comment included. */
function usesIn(text: string): readonly string[] {
  return [...text.matchAll(/^\s*(?:- )?uses: *(.+)$/gm)].map(([, written = '']) => written.trim());
}

/** Ourselves: a workflow here runs the commit that it stands in, an example the major version that it belongs to. */
const own = /^(\.\/|chart-images\/chart-images@v\d+)$/;

const pinned = /^(?<action>[\w.-]+\/[\w./-]+)@(?<commit>[0-9a-f]{40}) # (?<version>v\d+\.\d+\.\d+)$/;

const foreign = files.flatMap(({ name, text }) =>
  usesIn(text)
    .filter((written) => !own.test(written))
    .map((written) => ({ name, written })),
);

describe('an action of somebody else', () => {
  test('is pinned by its full commit, with the version as comment, in every workflow and example', () => {
    expect(foreign.length).toBeGreaterThan(20);
    expect(foreign.filter(({ written }) => !pinned.test(written))).toEqual([]);
  });

  test('is the same commit wherever it is used, and one commit is one version', () => {
    const known = new Map<string, Set<string>>();
    for (const { written } of foreign) {
      const { action = '', commit = '', version = '' } = pinned.exec(written)?.groups ?? {};
      const repository = action.split('/').slice(0, 2).join('/');
      known.set(repository, (known.get(repository) ?? new Set()).add(`${commit} ${version}`));
    }
    expect([...known].filter(([, commits]) => commits.size > 1)).toEqual([]);
  });

  test('is kept up to date by dependabot in every folder that pins one, in one pull request', async () => {
    const { updates } = parse(await readFile(join(root, '.github', 'dependabot.yml'), 'utf8')) as { updates: Update[] };
    const actions = updates.filter((update) => update['package-ecosystem'] === 'github-actions');
    expect(actions.flatMap(({ directories = [] }) => directories).sort()).toEqual(['/', '/examples/github']);
    expect(actions.flatMap(({ groups = {} }) => Object.values(groups).flatMap(({ patterns }) => patterns))).toEqual([
      '*',
    ]);
  });

  test('is of the same major version in the README and the docs as in the examples', async () => {
    const pages = [
      'README.md',
      ...['getting-started/github-actions', 'guides/sharding', 'reference/outputs'].map((page) => `docs/${page}.md`),
    ];
    const texts = await Promise.all(pages.map((page) => readFile(join(root, page), 'utf8')));
    const readme = texts.flatMap(usesIn).filter((written) => !own.test(written));
    const majors = new Set(
      foreign.map(({ written }) => {
        const { action, version } = pinned.exec(written)?.groups ?? {};
        return `${action?.split('/').slice(0, 2).join('/')}@${version?.split('.')[0]}`;
      }),
    );
    expect(readme.length).toBeGreaterThan(2);
    expect(
      readme
        .map((written) => written.replace(/^([^/]+\/[^/]+)\/[^@]+@/, '$1@'))
        .filter((written) => !majors.has(written)),
    ).toEqual([]);
  });
});

interface Update {
  readonly 'package-ecosystem': string;
  readonly directories?: readonly string[];
  readonly groups?: Readonly<Record<string, { readonly patterns?: readonly string[] }>>;
}

describe('the token of a job', () => {
  test.each(files)('is limited at the head of $name to reading, or to nothing', ({ text }) => {
    const { permissions } = parse(text) as { permissions: unknown };
    const allowed: readonly unknown[] = [{}, { contents: 'read' }, { contents: 'read', 'id-token': 'write' }];
    expect(allowed).toContainEqual(permissions);
  });

  const writers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'release.yml release': { contents: 'write', 'id-token': 'write', attestations: 'write' },
    'codeql.yml analyze': { contents: 'read', 'security-events': 'write' },
    'scorecard.yml analysis': { contents: 'read', 'security-events': 'write', 'id-token': 'write' },
  };

  test('may write in the jobs that publish, and in no other of this project', () => {
    const found: Record<string, unknown> = {};
    for (const { name, text } of files.filter((file) => file.name.startsWith('.github'))) {
      const { jobs } = parse(text) as { jobs: Readonly<Record<string, { permissions?: unknown }>> };
      for (const [job, { permissions }] of Object.entries(jobs)) {
        if (permissions !== undefined) found[`${name.replace('.github/workflows/', '')} ${job}`] = permissions;
      }
    }
    expect(found).toEqual(writers);
  });

  test('stays out of the checkout, in every workflow and example', () => {
    const steps = files.flatMap(({ name, text }) => {
      const { jobs } = parse(text) as { jobs: Readonly<Record<string, { steps: readonly Step[] }>> };
      return Object.values(jobs).flatMap((job) => job.steps.map((step) => ({ name, step })));
    });
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThan(5);
    expect(
      checkouts.filter(({ step }) => step.with?.['persist-credentials'] !== false).map(({ name }) => name),
    ).toEqual([]);
  });
});

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
