import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { confinable, confine } from '../../../src/core/process/landlock.ts';
import { testFolder } from '../../support/folder.ts';
import { runProgram } from '../../support/program.ts';

describe.runIf(process.platform === 'linux')('a program that Linux confines', () => {
  test('reads the files that it is given and no others', async () => {
    const folder = await testFolder();
    const [given, other] = [join(folder, 'given'), join(folder, 'other')];
    for (const file of [given, other]) await writeFile(file, 'content');
    expect(await confinable('/bin/cat')).toBeUndefined();
    const command = confine('/bin/cat', [given, other], { reads: [given], writes: [] });
    const run = await runProgram(command.program, command.arguments);
    expect(run.stdout).toBe('content');
    expect(run.stderr).toContain('Permission denied');
    expect(run.code).not.toBe(0);
  });

  test('writes into the folders that it is given and no others', async () => {
    const [given, other] = [await testFolder(), await testFolder()];
    const command = confine('/usr/bin/touch', [join(given, 'x'), join(other, 'y')], { reads: [], writes: [given] });
    const { stderr } = await runProgram(command.program, command.arguments);
    expect(stderr).toContain('Permission denied');
    expect(stderr).toContain(join(other, 'y'));
    expect(stderr).not.toContain(join(given, 'x'));
  });

  test('cannot be a script or a link of another name, which start a program elsewhere', async () => {
    const folder = await testFolder();
    const [script, link] = [join(folder, 'script'), join(folder, 'helm')];
    await writeFile(script, '#!/bin/sh\n');
    await chmod(script, 0o755);
    await symlink('/bin/cat', link);
    expect(await confinable(script)).toEqual({ reason: `${script} is a script` });
    expect((await confinable(link))?.reason).toMatch(/helm is a link to .*\/(?:cat|coreutils)/);
  });
});
