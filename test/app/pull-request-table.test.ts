/**
 * What a pull request brings, in the repositories and checkouts that hosts and their users make: real git, real
 * helm. Each row must give exactly what the author changed, whatever others did.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ChangeRequest, eventFile, runChange } from '../support/change-run.ts';
import { checkoutAt } from '../support/checkout.ts';
import { testFolder } from '../support/folder.ts';
import { columnsOfRow } from '../support/matrix.ts';
import { gitOfAnotherUser } from '../support/other-owner.ts';
import {
  chart,
  checkOut,
  makePullRequest,
  onHosts,
  type PullRequest,
  type PullRequestHost,
  variablesFor,
} from '../support/pull-request.ts';
import { checkOutSubmodules, withSubmodule } from '../support/submodules.ts';

type Prepared = Pick<ChangeRequest, 'work' | 'inputs' | 'path'> & { readonly env?: ChangeRequest['env'] };

interface Row {
  readonly what: string;
  readonly pull?: () => Promise<PullRequest>;
  readonly prepare: (pull: PullRequest, host: PullRequestHost) => Promise<Prepared>;
  readonly hosts?: readonly PullRequestHost[];
  readonly changes?: readonly string[];
}

/** The change moves one image; meanwhile others change a chart so that it names an image that no registry has. */
const advanced = async () =>
  await makePullRequest({
    before: { ...chart('app', 'a:good1'), ...chart('other', 'o:fine') },
    change: chart('app', 'a:good2'),
    others: chart('other', 'o:missing'),
  });

const merged = (depth: number | 'all') => async (pull: PullRequest) => ({
  work: (await checkOut(pull, pull.merge, depth)).folder,
});

/** Two lines of history that GitHub and Azure Repos keep although no branch leads to them. */
async function forcePush({ server }: PullRequest): Promise<void> {
  await server.git('checkout', '--quiet', '--orphan', 'rewritten');
  await server.commit({ ...chart('app', 'a:rewritten'), ...chart('other', 'o:rewritten') });
  await server.git('branch', '--force', 'main', 'rewritten');
  await server.git('switch', '--quiet', 'main');
}

const rows: readonly Row[] = [
  { what: 'an advanced base, with the merge at depth 1', prepare: merged(1) },
  { what: 'an advanced base, with the merge at depth 2', prepare: merged(2) },
  { what: 'an advanced base, with the merge and the whole history', prepare: merged('all') },
  {
    what: 'a base that others change again after the host made the merge, and no event',
    prepare: async (pull) => {
      const { folder: work } = await checkOut(pull, pull.merge, 1);
      await pull.server.commit(chart('other', 'o:later'));
      return { work, env: { GITHUB_EVENT_PATH: '' } };
    },
  },
  {
    what: 'a base that was force-pushed after the host made the merge',
    prepare: async (pull) => {
      const { folder: work } = await checkOut(pull, pull.merge, 1);
      await forcePush(pull);
      return { work };
    },
  },
  {
    what: 'a base branch that was deleted',
    prepare: async (pull) => {
      const { folder: work } = await checkOut(pull, pull.merge, 1);
      await pull.server.git('switch', '--quiet', '--detach');
      await pull.server.git('branch', '--quiet', '--delete', '--force', 'main');
      return { work };
    },
  },
  {
    what: 'a checkout of the change itself, at depth 1',
    prepare: async (pull) => ({ work: (await checkOut(pull, pull.head, 1)).folder }),
  },
  {
    what: 'a checkout of the change itself, with the whole history',
    prepare: async (pull) => ({ work: (await checkOut(pull, pull.head, 'all')).folder }),
  },
  {
    what: 'a merge that an earlier step of the job has committed to',
    prepare: async (pull) => {
      const checkout = await checkOut(pull, pull.merge, 1);
      await checkout.commit({ 'version.txt': 'of this run\n' });
      return { work: checkout.folder };
    },
  },
  {
    what: 'a merge group',
    hosts: ['github'],
    prepare: async (pull) => {
      const group = { base_sha: pull.base, base_ref: 'refs/heads/main', head_sha: pull.merge };
      const env = {
        GITHUB_EVENT_NAME: 'merge_group',
        GITHUB_EVENT_PATH: await eventFile({ action: 'checks_requested', merge_group: group }),
        GITHUB_BASE_REF: '',
        GITHUB_REF: 'refs/heads/gh-readonly-queue/main/pr-1',
      };
      return { ...(await merged(1)(pull)), env };
    },
  },
  {
    what: 'a pull request from a fork, whose branch the repository does not have',
    prepare: async (pull) => {
      await pull.server.git('branch', '--quiet', '--delete', '--force', 'change');
      return await merged(1)(pull);
    },
  },
  {
    what: 'a submodule that the change moves to another commit',
    pull: withSubmodule,
    prepare: async (pull) => {
      const checkout = await checkOut(pull, pull.merge, 2);
      await checkOutSubmodules(checkout);
      return { work: checkout.folder, inputs: { charts: 'charts/*\nlibrary/charts/*' } };
    },
    changes: ['moved l:1 -> l:2'],
  },
  {
    what: 'a submodule whose earlier commit cannot be fetched, of which nothing counts as new',
    pull: withSubmodule,
    prepare: async (pull) => {
      const checkout = await checkOut(pull, pull.merge, 2);
      await checkOutSubmodules(checkout);
      await checkout.git('-C', 'library', 'remote', 'set-url', 'origin', 'file:///nonexistent');
      return { work: checkout.folder, inputs: { charts: 'charts/*\nlibrary/charts/*' } };
    },
    changes: [],
  },
  {
    what: 'a submodule that the change puts into another folder, and moves to another commit',
    pull: () => withSubmodule({ movedTo: 'vendor/library' }),
    prepare: async (pull) => {
      const checkout = await checkOut(pull, pull.merge, 2);
      await checkOutSubmodules(checkout);
      return { work: checkout.folder, inputs: { charts: 'charts/*\nvendor/library/charts/*' } };
    },
    changes: ['moved l:1 -> l:2'],
  },
  {
    what: 'a chart that is named by its folder, and renamed',
    pull: async () =>
      await makePullRequest({
        before: chart('app', 'a:good1'),
        change: {
          ...chart('web', 'a:good2'),
          'charts/app/Chart.yaml': undefined,
          'charts/app/templates/pod.yaml': undefined,
        },
      }),
    prepare: async (pull) => ({ ...(await merged(1)(pull)), inputs: { charts: 'charts/web' } }),
  },
  {
    what: 'a chart that is named by its folder, and renamed in case only',
    pull: async () =>
      await makePullRequest({
        before: chart('App', 'a:good1'),
        change: {
          'charts/App/Chart.yaml': undefined,
          'charts/App/templates/pod.yaml': undefined,
          ...chart('app', 'a:good2'),
        },
      }),
    prepare: async (pull) => ({ ...(await merged(1)(pull)), inputs: { charts: 'charts/app' } }),
  },
  {
    what: 'a values file that is moved, with one image changed in it',
    pull: async () => {
      const lines = Array.from({ length: 8 }, (_, at) => `value${at}: kept\n`).join('');
      const before = chart('app', '{{ .Values.image }}', '{{ .Values.kept }}');
      return await makePullRequest({
        before: { ...before, 'env/old.yaml': `image: a:good1\nkept: k:1\n${lines}` },
        change: { 'env/old.yaml': undefined, 'values/new.yaml': `image: a:good2\nkept: k:1\n${lines}` },
      });
    },
    prepare: async (pull) => ({
      ...(await merged(1)(pull)),
      inputs: { charts: 'charts/app', values: 'values/new.yaml' },
    }),
  },
  {
    what: 'a kept work folder with the base of an earlier run',
    prepare: async (pull) => {
      const checkout = await checkOut(pull, pull.opened, 1);
      await checkout.git('update-ref', 'refs/remotes/origin/main', pull.opened);
      return { work: (await checkOut(pull, pull.merge, 1, checkout.folder)).folder };
    },
  },
  {
    what: 'the container of a job, where the checkout belongs to another user',
    prepare: async (pull) => ({ ...(await merged(2)(pull)), path: [await gitOfAnotherUser()] }),
  },
  {
    what: 'a checkout in a folder of the workspace',
    prepare: async (pull) => {
      const work = await testFolder();
      await mkdir(join(work, 'source/app'), { recursive: true });
      await checkOut(pull, pull.merge, 2, join(work, 'source/app'));
      return { work, inputs: { charts: 'source/app/charts/*' } };
    },
  },
  {
    what: 'several checkouts in the workspace, of which one is of the pull request',
    prepare: async (pull) => {
      const tools = await makePullRequest({
        before: { ...chart('tool', 't:1'), 'values.yaml': 'a: 1\n' },
        change: chart('tool', 't:2'),
      });
      const work = await testFolder();
      for (const name of ['a-tools', 'self']) await mkdir(join(work, name));
      await checkOut(tools, tools.base, 1, join(work, 'a-tools'));
      await checkOut(pull, pull.merge, 2, join(work, 'self'));
      return { work, inputs: { charts: 'a-tools/charts/*\nself/charts/*', values: 'a-tools/values.yaml' } };
    },
  },
  {
    what: 'a checkout of another repository in that of the pull request',
    prepare: async (pull) => {
      const tools = await makePullRequest({ before: chart('tool', 't:1'), change: {} });
      const { folder: work } = await checkOut(pull, pull.merge, 2);
      await mkdir(join(work, 'tools'));
      await checkOut(tools, tools.base, 1, join(work, 'tools'));
      return { work, inputs: { charts: 'charts/*\ntools/charts/*' } };
    },
  },
  {
    what: 'files with the line ends of Windows',
    prepare: async (pull) => {
      const checkout = checkoutAt(await testFolder());
      await checkout.git('init', '--quiet');
      await checkout.git('config', 'core.autocrlf', 'true');
      return { work: (await checkOut(pull, pull.merge, 1, checkout.folder)).folder };
    },
  },
  {
    what: 'a change that also turns on the line ends of Windows',
    pull: async () =>
      await makePullRequest({
        before: chart('app', 'a:good1'),
        change: { ...chart('app', 'a:good2'), '.gitattributes': '* text=auto eol=crlf\n' },
      }),
    prepare: merged(1),
  },
  {
    what: 'a sparse checkout',
    prepare: async (pull) => {
      const checkout = checkoutAt(await testFolder());
      await checkout.git('init', '--quiet');
      await checkout.git('sparse-checkout', 'set', '--cone', 'charts/app');
      return { work: (await checkOut(pull, pull.merge, 2, checkout.folder)).folder };
    },
  },
  {
    what: 'a partial clone without the content of the base',
    prepare: async (pull) => {
      await pull.server.git('config', 'uploadpack.allowFilter', 'true');
      const checkout = checkoutAt(await testFolder());
      await checkout.git('init', '--quiet');
      await checkout.git('remote', 'add', 'origin', `file://${pull.server.folder}`);
      await checkout.git('config', 'remote.origin.promisor', 'true');
      await checkout.git('config', 'remote.origin.partialclonefilter', 'blob:none');
      return { work: (await checkOut(pull, pull.merge, 2, checkout.folder)).folder };
    },
  },
];

for (const [at, row] of rows.entries()) {
  const { what, pull = advanced, prepare, hosts = onHosts, changes = ['moved a:good1 -> a:good2'] } = row;
  test.each(columnsOfRow(at, hosts))(`exactly the changes of the author are found in ${what}, on %s`, async (host) => {
    const made = await pull();
    const { work, inputs, path = [], env = {} } = await prepare(made, host);
    const variables = { ...(await variablesFor(host, made)), ...env };
    const run = await runChange({ host, work, env: variables, path, ...(inputs === undefined ? {} : { inputs }) });
    expect(run.changes, run.log).toEqual(changes);
  });
}
