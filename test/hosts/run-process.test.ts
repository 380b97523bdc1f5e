import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../support/folder.ts';
import { runProgram } from '../support/program.ts';
import { sourceUrl } from './host-fixtures.ts';

/** A terminal whose work is a few lines of JavaScript over `host` and `signal`. */
function script(work: string): readonly string[] {
  const text = `
    import { runToCompletion } from '${sourceUrl('hosts/run-process.ts')}';
    import { ChartImagesError, ChartImagesAggregateError } from '${sourceUrl('core/errors.ts')}';
    import { createTerminalHost } from '${sourceUrl('hosts/terminal-host.ts')}';
    import { currentProcessEnvironment } from '${sourceUrl('hosts/process-environment.ts')}';
    import { writeFileSync } from 'node:fs';
    const processEnvironment = { ...currentProcessEnvironment(), arguments: [] };
    const forever = () => new Promise(() => setInterval(() => {}, 1000));
    await runToCompletion(processEnvironment, async () => createTerminalHost(processEnvironment), async (host, signal) => { ${work} });
  `;
  return ['--input-type=module', '--eval', text];
}

async function prepare() {
  const temporary = join(await testFolder(), 'temporary');
  await mkdir(temporary);
  const env = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  return { env, left: async () => await readdir(temporary) };
}

async function play(work: string) {
  const { env, left } = await prepare();
  return { ...(await runProgram(process.execPath, script(work), { env })), left: await left() };
}

/** Sends the signals one after the other, each when the work has printed one more line. */
async function interrupt(work: string, ...signals: NodeJS.Signals[]) {
  const { env, left } = await prepare();
  const child = spawn(process.execPath, script(work), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = text.split('\n').filter((line) => line === 'ready').length;
    stderr += text;
    for (let count = 0; count < lines; count += 1) child.kill(signals.shift());
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, stderr, left: await left() };
}

const ready = `writeFileSync(host.folders.temporary + '/file', ''); host.log.info('ready');`;

// Windows has no signals between processes: there `kill` ends the other one, whatever it would like to do.
const interruptible = process.platform !== 'win32';

test('Ctrl+Break, which runners on Windows send before they end a step, interrupts the run', async () => {
  const { stderr, code } = await play("setTimeout(() => process.emit('SIGBREAK', 'SIGBREAK')); await forever();");
  expect(code, stderr).toBe(130);
});

describe.runIf(interruptible)('a signal', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`${signal} stops the work, and the run is reported as interrupted`, async () => {
      const run = await interrupt(
        `${ready} await new Promise((_, reject) => {
          const timer = setInterval(() => {}, 1000);
          signal.addEventListener('abort', () => { clearInterval(timer); reject(signal.reason); });
        });`,
        signal,
      );
      expect(run).toEqual({ code: 130, signal: null, stderr: 'ready\nThe run was interrupted.\n', left: [] });
    });
  }

  test('ends work that does not let go, and its files go too', async () => {
    const run = await interrupt(`${ready} await forever();`, 'SIGTERM');
    expect(run).toEqual({ code: 130, signal: null, stderr: 'ready\nThe run was interrupted.\n', left: [] });
  });

  test('that comes again ends the run at once', async () => {
    const run = await interrupt(
      `${ready} signal.addEventListener('abort', () => host.log.info('ready')); await forever();`,
      'SIGINT',
      'SIGINT',
    );
    expect(run).toEqual({ code: 130, signal: null, stderr: expect.stringContaining('ready\nready\n'), left: [] });
  });

  test('that comes again is not waited out: a second Ctrl-C ends work that does not let go', async () => {
    const run = await interrupt(
      `${ready} signal.addEventListener('abort', () => {
        let turns = 0;
        const turn = () => { turns += 1; if (turns < 1000) setImmediate(turn); else host.log.info('still there'); };
        turn();
        process.kill(process.pid, 'SIGINT');
      });
      await forever();`,
      'SIGINT',
    );
    expect(run).toEqual({ code: 130, signal: null, stderr: 'ready\nThe run was interrupted.\n', left: [] });
  });

  test('a signal is reported as an interruption, regardless of the error that the work throws', async () => {
    const run = await interrupt(
      `${ready} await new Promise((_, reject) => {
        const timer = setInterval(() => {}, 1000);
        signal.addEventListener('abort', () => { clearInterval(timer); reject(new Error('socket closed')); });
      });`,
      'SIGINT',
    );
    expect(run).toMatchObject({ code: 130, stderr: 'ready\nThe run was interrupted.\n' });
  });
});

describe('a fault', () => {
  test('an input error is reported with its location and advice', async () => {
    const run = await play(`
      throw new ChartImagesError('syntax', 'A comma is missing.', { advice: 'Put one there.', location: { file: 'a.jsonc', line: 4 } });
    `);
    expect(run).toMatchObject({ code: 2, stdout: '', left: [] });
    expect(run.stderr).toBe(
      'a.jsonc:4: error: chart-images: syntax\n  A comma is missing.\n  Put one there.\nThe input is invalid.\n',
    );
  });

  test('an error is reported together with the other errors of its step', async () => {
    const run = await play(`
      const fault = (code, text) => new ChartImagesError(code, text, { advice: 'Fix it.' });
      throw new ChartImagesAggregateError([fault('network', 'No route.'), fault('chart-render', 'Bad template.')]);
    `);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('No route.');
    expect(run.stderr).toContain('Bad template.');
  });

  test('an internal error is reported as internal, without a stack', async () => {
    const run = await play(`undefined.nothing;`);
    expect(run).toMatchObject({ code: 3, left: [] });
    expect(run.stderr).toContain('internal');
    expect(run.stderr).not.toContain('    at ');
  });

  test('an uncaught error is not printed by Node, whose output could contain commands of runners', async () => {
    for (const work of [
      `setTimeout(() => { throw new Error('\\n::add-mask::x'); }); await forever();`,
      `Promise.reject('\\n::add-mask::x'); await forever();`,
    ]) {
      const run = await play(work);
      expect(run).toMatchObject({ code: 3, left: [] });
      expect(run.stderr).toContain('add-mask::x');
      expect(run.stderr).not.toMatch(/^\s*::/m);
    }
  });

  test('of work that stops without an end is not taken for success', async () => {
    const run = await play(`await new Promise(() => {});`);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('exited before the run was complete');
  });

  test('an error before the host is created is also reported and escaped', async () => {
    const text = `
      import { runToCompletion } from '${sourceUrl('hosts/run-process.ts')}';
      import { currentProcessEnvironment } from '${sourceUrl('hosts/process-environment.ts')}';
      await runToCompletion(currentProcessEnvironment(), async () => { throw new Error('##vso[task.complete]'); }, async () => {});
    `;
    const run = await runProgram(process.execPath, ['--input-type=module', '--eval', text]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('## vso[task.complete]');
  });
});

test('a reader that has enough does not change the outcome', async () => {
  const work = `
    for (let line = 0; line < 20_000; line += 1) host.print({ table: 'x'.repeat(100), json: '{}' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    host.finish(1, 'Found something.');
  `;
  const { env } = await prepare();
  const child = spawn(process.execPath, script(work), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.once('data', () => child.stdout.destroy());
  child.stderr.resume();
  expect(await once(child, 'exit')).toEqual([1, null]);
});

test('a success of which the reader has not got all is no success', async () => {
  const work = `
    for (let line = 0; line < 20_000; line += 1) host.print({ table: 'x'.repeat(100), json: '{}' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    host.finish(0, '');
  `;
  const { env } = await prepare();
  const child = spawn(process.execPath, script(work), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.once('data', () => child.stdout.destroy());
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  expect(await once(child, 'close')).toEqual([3, null]);
  expect(stderr).toMatch(/^Cannot write to standard output: .*EPIPE/m);
});

test.runIf(process.platform === 'linux')('a success that a full disk has not taken is no success', async () => {
  const { env } = await prepare();
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, script(`host.print({ table: 'x', json: '{}' }); host.finish(0, '');`), {
    env,
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  expect(await once(child, 'close')).toEqual([3, null]);
  expect(stderr).toMatch(/^Cannot write to standard output: .*ENOSPC/m);
});
