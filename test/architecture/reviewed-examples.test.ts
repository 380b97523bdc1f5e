/** What an experienced reviewer looks for in workflows and pipelines that users copy. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/root.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, Readonly<Record<string, readonly string[]>> | null>> | string;
  readonly env?: Readonly<Record<string, string>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = async (...path: readonly string[]) => await readFile(join(root, ...path), 'utf8');

const names = await readdir(join(root, 'examples', 'github'));
const examples = await Promise.all(
  names.map(async (name) => {
    const text = await read('examples', 'github', name);
    return { name, text, workflow: parse(text) as Workflow };
  }),
);

function example(name: string): (typeof examples)[number] {
  const found = examples.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no example ${name}`);
  return found;
}

const ours = ({ uses }: Step) => uses?.startsWith('chart-images/') === true;
const pushes = ({ steps }: Job) => steps.some((step) => ours(step) && step.with?.['push'] === true);
const publishing = examples.filter(({ workflow }) => Object.values(workflow.jobs).some(pushes));

describe('the example for pull requests', () => {
  const { text, workflow } = example('pr-check.yml');
  const { steps } = Object.values(workflow.jobs)[0] ?? { steps: [] };

  test('checks out the merge with its parents and keeps no token, like the quick starts', async () => {
    const pages = ['README.md', 'docs/getting-started/github-actions.md'];
    const blocks = (await Promise.all(pages.map((page) => read(page)))).flatMap((page) =>
      [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => block),
    );
    const quickStarts = blocks.filter((block) => block.includes('\njobs:')).map((block) => parse(block) as Workflow);
    expect(quickStarts).toHaveLength(pages.length);
    for (const each of [workflow, ...quickStarts]) {
      expect(each.permissions).toEqual({ contents: 'read' });
      const checkouts = Object.values(each.jobs)
        .flatMap((job) => job.steps)
        .filter(({ uses }) => uses?.startsWith('actions/checkout@'));
      expect(checkouts.map((step) => step.with)).toEqual([{ 'fetch-depth': 2, 'persist-credentials': false }]);
    }
  });

  test('runs for every pull request and for merge groups, because a required check must not be skipped', () => {
    expect(workflow.on).toEqual({ pull_request: null, merge_group: null });
  });

  test('does without secrets for forks and Dependabot, and fails only for absent images there', () => {
    const condition = workflow.env?.['NO_SECRETS'] ?? '';
    expect(condition).toContain('github.event.pull_request.head.repo.full_name != github.repository');
    expect(condition).toContain("github.event.pull_request.user.login == 'dependabot[bot]'");
    expect(steps.find(({ uses }) => uses?.startsWith('docker/login-action@'))).toMatchObject({
      if: `\${{ env.NO_SECRETS != 'true' }}`,
    });
    expect(steps.find(ours)?.with).toMatchObject({
      'fail-on-new': true,
      'fail-on': `\${{ env.NO_SECRETS == 'true' && 'absent' || '' }}`,
    });
  });

  test('reads the report and no list output in a later step, like the pipeline', async () => {
    const pipeline = await read('examples', 'azure-pipelines', 'pr-check.yml');
    expect(text).toContain(`REPORT: \${{ steps.images.outputs.report }}`);
    expect(pipeline).toContain('REPORT: $(images.report)');
    const listOutput = /outputs\.(images|unresolved)\b|\$\(images\.(images|unresolved)\)/;
    for (const each of [text, pipeline]) expect(listOutput.test(each)).toBe(false);
  });

  test('says for Azure Repos that build validation starts the pipeline, and not pr:', async () => {
    const pages = [
      ['examples', 'azure-pipelines', 'pr-check.yml'],
      ['docs', 'guides', 'pull-requests.md'],
    ];
    for (const page of pages)
      expect((await read(...page)).replace(/[\n#* ]+/g, ' ')).toContain('under Build validation');
  });
});

describe('the examples that publish', () => {
  test.each(publishing)('$name runs under an environment', ({ workflow }) => {
    const jobs = Object.values(workflow.jobs).filter(pushes);
    expect(jobs.filter(({ environment }) => environment === undefined)).toEqual([]);
  });

  test.each(publishing)('$name has every run wait for its turn', ({ workflow }) => {
    expect(workflow.concurrency).toEqual({ group: expect.any(String), queue: 'max' });
  });

  test.each(publishing)(
    '$name starts for everything that decides its result, if it starts for paths',
    ({ name, workflow }) => {
      const push = typeof workflow.on === 'string' ? undefined : workflow.on['push'];
      if (push == null) return;
      const workflowFile = `.github/workflows/${name}`;
      for (const path of ['charts/**', 'values/**', 'chart-images.yaml', 'images.lock.json', workflowFile]) {
        expect(push['paths']).toContain(path);
      }
    },
  );

  test('import between registries only what the lock file has', async () => {
    const { workflow } = example('acr-import.yml');
    const [step] = Object.values(workflow.jobs).flatMap(({ steps }) => steps.filter(ours));
    expect(step?.with).toMatchObject({ 'lock-file': 'images.lock.json', frozen: true });
    const pipeline = await read('examples', 'azure-pipelines', 'acr-import.yml');
    expect(pipeline).toContain('lockFile: images.lock.json\n      frozen: true');
    expect(pipeline).toContain('lockBehavior: sequential');
  });

  test('say that a closed runner needs its own copy of the actions', () => {
    expect(example('air-gapped.yml').text.replace(/\s+#?\s*/g, ' ')).toContain('needs its own copy of both actions');
  });
});

describe('the documentation', () => {
  test('names the oldest runner, what an older one prints, and where there is no Node.js 24', async () => {
    const page = (await read('docs', 'getting-started', 'github-actions.md')).replace(/\s+/g, ' ');
    for (const part of [
      '2.327 or newer',
      "'using: node24' is not supported",
      'JavaScript Actions in Alpine containers are only supported on x64 Linux runners',
      '32-bit ARM',
      'GitHub Enterprise Server',
    ]) {
      expect(page).toContain(part);
    }
  });

  test('shows both subjects of a federated credential, with and without IDs', async () => {
    const page = await read('docs', 'reference', 'credentials.md');
    expect(page).toContain('repo:octo-org@123456/octo-repo@456789:environment:publish');
    expect(page).toContain('repo:octo-org/octo-repo:environment:publish');
  });
});
