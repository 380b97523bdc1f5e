/** Random histories of a base and a change: what a run finds is the difference of two whole runs on the two trees. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runChange } from '../support/change-run.ts';
import { type Change, type Checkout, makeRepository } from '../support/checkout.ts';
import { isWholeMatrix } from '../support/matrix.ts';
import { chart, checkOut, mergeOnServer, onHosts, type PullRequest, variablesFor } from '../support/pull-request.ts';

/** Charts of the author and of others, so that merges have no conflicts; their images can be the same. */
const owners = { author: ['a0', 'a1'], others: ['b0', 'b1'] } as const;

const images = fc.uniqueArray(fc.constantFrom('x:1', 'x:2', 'y:1', 'y:2', 'z:1'), { minLength: 1, maxLength: 3 });

/** A commit to a chart: its images from now on, or its end. */
const commit = (by: keyof typeof owners) =>
  fc.record({ kind: fc.constant(by), name: fc.constantFrom(...owners[by]), images: fc.option(images, { freq: 4 }) });

/** The author can also merge the base, and others can do so before the event and after it. */
const history = fc.record({
  steps: fc.array(fc.oneof(commit('author'), commit('others'), fc.constant({ kind: 'merge' as const })), {
    maxLength: 5,
  }),
  late: fc.array(commit('others'), { minLength: 1, maxLength: 2 }),
  later: fc.array(commit('others'), { maxLength: 1 }),
  checkout: fc.constantFrom('merge', 'head'),
  depth: fc.constantFrom(1, 2, 'all' as const),
});

type Step = { readonly kind: 'author' | 'others'; readonly name: string; readonly images: readonly string[] | null };

/** Of a chart that is there already, or not. */
async function commitChart({ git, commit: change }: Checkout, step: Step): Promise<void> {
  const files: Change = chart(step.name, ...(step.images ?? []));
  const tracked = (await git('ls-files')).split('\n');
  if (step.images !== null) await change(files);
  else
    await change(
      Object.fromEntries(Object.keys(files).flatMap((path) => (tracked.includes(path) ? [[path, undefined]] : []))),
    );
}

async function play(
  steps: readonly (Step | { readonly kind: 'merge' })[],
  late: readonly Step[],
): Promise<PullRequest> {
  const server = await makeRepository();
  // A chart that nobody touches, so that there is one on both sides.
  const began = await server.commit({ ...chart('kept', 'k:1'), ...chart('a0', 'x:1'), ...chart('b0', 'y:1') });
  await server.git('branch', 'change', began);
  for (const step of steps) {
    await server.git('switch', '--quiet', step.kind === 'others' ? 'main' : 'change');
    if (step.kind === 'merge') await server.git('merge', '--quiet', '--no-edit', 'main');
    else await commitChart(server, step);
  }
  await server.git('switch', '--quiet', 'change');
  const head = await server.commit({ 'change.txt': 'of the author\n' });
  const opened = await server.git('rev-parse', 'main');
  await server.git('switch', '--quiet', 'main');
  for (const step of late) await commitChart(server, step);
  const base = await server.git('rev-parse', 'main');
  return { server, opened, base, head, merge: await mergeOnServer(server, head) };
}

/** The images of a whole run on one tree. */
async function imagesAt(pull: PullRequest, at: string): Promise<ReadonlySet<string>> {
  const { folder: work } = await checkOut(pull, at, 1);
  const run = await runChange({ host: 'terminal', work, env: {} });
  expect(run.exit, run.log).toBe(0);
  return new Set(run.report.images.map(({ image }) => image));
}

test('the changes that a run finds are the difference of two whole runs, whatever the history and the checkout', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ steps, late, later, checkout, depth }) => {
      const pull = await play(steps, late);
      const at = checkout === 'merge' ? pull.merge : pull.head;
      const before = checkout === 'merge' ? pull.base : await pull.server.git('merge-base', pull.head, pull.opened);
      const { folder: work } = await checkOut(pull, at, depth);
      for (const step of later) await commitChart(pull.server, step);
      const [old, now] = [await imagesAt(pull, before), await imagesAt(pull, at)];
      for (const host of onHosts) {
        const run = await runChange({ host, work, env: await variablesFor(host, pull) });
        const { added = [], removed = [], moved = [] } = run.report.delta ?? {};
        const found = {
          added: new Set([...added.map(({ image }) => image), ...moved.map(({ to }) => to)]),
          removed: new Set([...removed.map(({ image }) => image), ...moved.map(({ from }) => from)]),
        };
        expect(found, run.log).toEqual({
          added: new Set([...now].filter((image) => !old.has(image))),
          removed: new Set([...old].filter((image) => !now.has(image))),
        });
        expect(run.report.delta?.commit).toBe(before);
      }
    }),
    // A run takes a second or more, so few of them; CI finds new histories each time.
    { numRuns: isWholeMatrix ? 8 : 3 },
  );
}, 300_000);
