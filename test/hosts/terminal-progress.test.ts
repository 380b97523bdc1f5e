import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Progress } from '../../src/core/progress.ts';
import type { ProcessEnvironment } from '../../src/hosts/process-environment.ts';
import { createTerminalHost } from '../../src/hosts/terminal-host.ts';
import { testFolder } from '../support/folder.ts';
import { screenOf } from '../support/screen-of.ts';
import { paperSurroundings } from './environment-fixtures.ts';

async function terminal(given: Partial<ProcessEnvironment> = {}) {
  const isTTY = { out: true, error: true };
  const processEnvironment = paperSurroundings({ systemTemporary: await testFolder(), isTTY, ...given });
  return { written: processEnvironment.written, host: createTerminalHost(processEnvironment) };
}

function progress(done: number, name = 'docker.io/library/nginx:1'): Progress {
  return {
    label: 'images copied',
    done,
    total: 9,
    bytes: { done: done * 1000, total: 9000 },
    underway: [{ name, done: 10, total: 100 }],
  };
}

/** Waits until something holds; the test's own time limit ends it when it never does. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

test('log lines stay above the drawing, which is drawn over, and nothing of it is left at the end', async () => {
  const { host, written } = await terminal();
  let done = 0;
  await host.withProgress(
    () => progress(done),
    async () => {
      host.log.info('before');
      await until(() => written.error.includes('0 of 9'));
      expect(screenOf(written.error)).toEqual([
        'before',
        '  docker.io/library/nginx:1  10 B of 100 B',
        '0 of 9 images copied, 0 B of at most 9.0 kB',
        '',
      ]);
      done = 5;
      host.log.info('copied one\nand another');
      await until(() => written.error.includes('5 of 9'));
      expect(screenOf(written.error)).toEqual([
        'before',
        'copied one',
        'and another',
        '  docker.io/library/nginx:1  10 B of 100 B',
        expect.stringMatching(/^5 of 9 images copied, 5\.0 kB of at most 9\.0 kB/),
        '',
      ]);
    },
  );
  host.log.info('after');
  expect(screenOf(written.error).filter((line) => line !== '')).toEqual([
    'before',
    'copied one',
    'and another',
    'after',
  ]);
});

test('failed work leaves no progress display, and its error is reported', async () => {
  const { host, written } = await terminal();
  const work = host.withProgress(
    () => progress(1),
    async () => {
      await until(() => written.error.includes('1 of 9'));
      throw new Error('broken');
    },
  );
  await expect(work).rejects.toThrow('broken');
  expect(screenOf(written.error).join('')).toBe('');
});

test('a run that ends during its work removes the progress display before it prints the reason', async () => {
  const { host, written } = await terminal();
  let letGo = () => {};
  const work = host.withProgress(
    () => progress(1),
    () => new Promise<void>((resolve) => (letGo = resolve)),
  );
  await until(() => written.error.includes('1 of 9'));
  host.finish(130, 'The run was interrupted.');
  await sleep(300);
  expect(screenOf(written.error).filter((line) => line !== '')).toEqual(['The run was interrupted.']);
  letGo();
  await work;
});

test('the cursor is never hidden, so that a killed run leaves a terminal as it was', async () => {
  const { host, written } = await terminal();
  await host.withProgress(
    () => progress(1),
    () => until(() => written.error.includes('1 of 9')),
  );
  expect(written.error).not.toContain('\u001b[?25l');
});

test('a name speaks neither for the terminal nor for a runner, and shows no secret', async () => {
  const { host, written } = await terminal();
  host.mask('hunter2');
  await host.withProgress(
    () => progress(1, 'a\u001b[2J\n::stop-commands::x\u202e ##vso[task.complete] hunter2'),
    () => until(() => written.error.includes('1 of 9')),
  );
  for (const harm of ['\u001b[2J', '\u202e', '##vso[', 'hunter2']) expect(written.error).not.toContain(harm);
  for (const line of written.error.split('\n')) expect(line).not.toMatch(/^\s*::/);
});

test.each([
  ['to a file', { isTTY: { out: true, error: false } }],
  ['in a terminal that cannot move its cursor', { env: { TERM: 'dumb' } }],
  ['in a pipeline', { env: { CI: 'true' } }],
])('nothing is drawn %s', async (_, given) => {
  const { host, written } = await terminal(given);
  await host.withProgress(
    () => progress(1),
    () => sleep(800),
  );
  expect(written.error).toBe('');
});

test('work that is over at once is not drawn', async () => {
  const { host, written } = await terminal();
  await host.withProgress(
    () => progress(1),
    async () => {},
  );
  await sleep(700);
  expect(written.error).toBe('');
});
