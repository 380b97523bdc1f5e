import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toErrors } from '../../src/core/errors.ts';
import type { ProcessEnvironment } from '../../src/hosts/process-environment.ts';
import { createTerminalHost } from '../../src/hosts/terminal-host.ts';
import { testFolder } from '../support/folder.ts';
import { paperSurroundings } from './environment-fixtures.ts';

async function terminal(given: Partial<ProcessEnvironment> = {}) {
  const processEnvironment = paperSurroundings({ systemTemporary: await testFolder(), ...given });
  return { processEnvironment, written: processEnvironment.written, host: createTerminalHost(processEnvironment) };
}

const face = { table: 'IMAGE  STATUS\nnginx  found\n', json: '{\n  "version": 1\n}\n' };
const absent = {
  level: 'error',
  title: 'absent',
  message: 'No source has it.\nPush it first.',
  file: 'a.yaml',
  line: 3,
} as const;
const isTTY = { out: true, error: true };

describe('in a terminal', () => {
  test('the table is all there is on standard output', async () => {
    const { host, written } = await terminal();
    host.log.info('looking');
    host.log.warning('slow');
    await host.group('Charts', async () => host.log.info('one'));
    host.setOutput('image-count', '1');
    await host.writeSummary('# Summary');
    host.print(face);
    host.finish(0, 'All found.');
    expect(written).toEqual({ out: face.table, error: 'looking\nwarning: slow\nCharts\none\n', exitCode: 0 });
  });

  test.each([
    [[], ''],
    [['--explain-credentials'], 'Credentials for a.example: none\n'],
    [['--debug'], 'Credentials for a.example: none\n'],
  ])('with %j how credentials were found is told as %j', async (flags, error) => {
    const { host, written } = await terminal({ arguments: ['charts/a', ...flags] });
    host.explainCredentials('Credentials for a.example: none');
    expect(written).toMatchObject({ out: '', error });
  });

  test('registry credentials come from the environment, where no other user can read them, unless the flag gives some', async () => {
    const env = { CHART_IMAGES_REGISTRY_CREDENTIALS: ' a.example me secret\n' };
    const { host } = await terminal({ env, arguments: ['charts/a'] });
    expect(host.inputs).toEqual({ charts: 'charts/a', 'registry-credentials': 'a.example me secret' });
    const flagged = await terminal({ env, arguments: ['--registry-credentials', 'b.example you word'] });
    expect(flagged.host.inputs).toEqual({ 'registry-credentials': 'b.example you word' });
    expect((await terminal({ env: { CHART_IMAGES_REGISTRY_CREDENTIALS: '' } })).host.inputs).toEqual({});
  });

  test('with --json standard output contains only the report, and problems go to standard error', async () => {
    const { host, written } = await terminal({ arguments: ['--json'] });
    host.annotate(absent);
    host.print(face);
    host.finish(1, '1 image was not found in any source.');
    expect(written.out).toBe(face.json);
    expect(written.error).toBe(
      'a.yaml:3: error: absent\n  No source has it.\n  Push it first.\n1 image was not found in any source.\n',
    );
    expect(written.exitCode).toBe(1);
  });

  test('a problem in the table is not printed again', async () => {
    const { host, written } = await terminal();
    host.annotate(absent);
    host.print(face);
    host.finish(1, '1 image was not found in any source.');
    expect(written).toEqual({ out: face.table, error: '', exitCode: 1 });
  });

  test('an error after the table, or without a table, is printed', async () => {
    const { host, written } = await terminal();
    host.print(face);
    host.annotate(absent);
    host.finish(3, 'The report could not be written.');
    expect(written.error).toContain('a.yaml:3: error: absent\n');
    expect(written.error).toContain('The report could not be written.\n');
  });

  test('colors are for people: not for files, not with NO_COLOR', async () => {
    const red = '\u001b[31mfound\u001b[0m';
    const shown = async (given: Partial<ProcessEnvironment>) => {
      const { host, written } = await terminal(given);
      host.log.warning('slow');
      host.print({ ...face, table: red });
      return { ...written, color: host.display.color };
    };
    expect(await shown({ isTTY })).toMatchObject({
      out: `${red}\n`,
      error: '\u001b[33mwarning: slow\u001b[0m\n',
      color: 'color',
    });
    const plain = { out: 'found\n', error: 'warning: slow\n', color: 'plain' };
    expect(await shown({})).toMatchObject(plain);
    expect(await shown({ isTTY, env: { NO_COLOR: '1' } })).toMatchObject(plain);
    expect(await shown({ isTTY: { out: false, error: true } })).toMatchObject({ out: 'found\n', color: 'plain' });
  });

  test('secrets are *** in lines of the log and in annotations', async () => {
    const { host, written } = await terminal({ arguments: ['--debug'] });
    host.mask('hunter2');
    host.log.debug('hunter2');
    host.log.info('hunter2');
    host.log.warning('hunter2');
    await host.group('hunter2', async () => {});
    host.annotate({ ...absent, message: 'hunter2' });
    host.finish(3, 'Cannot read the charts.');
    expect(written.error).not.toContain('hunter2');
    const report = await terminal({ arguments: ['--json'] });
    report.host.print({ ...face, json: '{"message":"##[group]"}' });
    expect(report.written.out).toBe('{"message":"#\\u0023[group]"}\n');
  });

  test('a chart does not speak for the runner that a step may have around the terminal', async () => {
    const command = '::add-mask::x';
    const { host, written } = await terminal();
    host.log.info(`fine\n${command}`);
    host.annotate({ ...absent, message: command, title: '##vso[task.complete]' });
    host.finish(1, command);
    host.print({ ...face, table: command });
    for (const line of (written.out + written.error).split('\n')) expect(line).not.toMatch(/^\s*::|##vso\[/);
  });

  test('debug lines are shown on demand', async () => {
    const quiet = await terminal();
    quiet.host.log.debug('detail');
    const talkative = await terminal({ arguments: ['--debug'] });
    talkative.host.log.debug('detail');
    expect([quiet.written.error, talkative.written.error]).toEqual(['', 'detail\n']);
  });

  test('every exit code of the contract is the exit code of the process', async () => {
    const { host, written } = await terminal();
    const codes = ([0, 1, 2, 3, 130] as const).map((code) => {
      host.finish(code, 'done');
      return written.exitCode;
    });
    expect(codes).toEqual([0, 1, 2, 3, 130]);
  });

  test('no file is left and no report written unless asked for', async () => {
    const { host, processEnvironment } = await terminal();
    expect(existsSync(host.folders.temporary)).toBe(true);
    expect(host.folders.work).toBe(processEnvironment.cwd);
    expect(host.reportFolder).toBeUndefined();
    processEnvironment.end();
    expect(existsSync(host.folders.temporary)).toBe(false);
  });

  test('a wrong command line opens nothing', async () => {
    const processEnvironment = paperSurroundings({ systemTemporary: await testFolder(), arguments: ['--psuh'] });
    const attempt = () => createTerminalHost(processEnvironment);
    try {
      attempt();
      expect.unreachable();
    } catch (thrown) {
      expect(toErrors(thrown).map(({ code }) => code)).toEqual(['unknown-input']);
    }
  });
});
