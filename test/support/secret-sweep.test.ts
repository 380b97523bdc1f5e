/** The sweep itself: a secret that is planted in any of the places, in any form, is found there. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AzureRun } from './azure-agent.ts';
import { testFolder } from './folder.ts';
import { bareEnvironment, type HostRequest, type HostRun } from './host-run.ts';
import { outputOf, runProgram } from './program.ts';
import { formsOf } from './secret-forms.ts';
import { sweepSecrets } from './secret-sweep.ts';

const secret = 'p@ss "word" + slash/and%ünïcode';

/** What a program does that leaks; `S` is the secret. */
const plants: readonly (readonly [location: string, found: RegExp, script: string])[] = [
  ['standard output', /^log: /, 'console.log(S)'],
  ['standard error', /^log: /, "console.error('the word is ' + S)"],
  ['a line that a runner would not take for a mask', /^log: /, "console.log(' ::debug::' + encodeURIComponent(S))"],
  ['an argument of helm', /^helm \d+: arguments: /, "run('helm', ['version', '--password', S])"],
  ['the environment of helm', /^helm \d+: environment: /, "run('helm', ['version'], { PASS: S })"],
  [
    'the environment of git, in base64',
    /^git \d+: environment: /,
    "run('git', ['version'], { AUTH: btoa64('me:' + S) })",
  ],
  ['the environment of az', /^az \d+: environment: /, "run('az', ['version'], { AZURE_CLIENT_SECRET: S })"],
  ["a credential helper's", /^docker-credential-x \d+: environment: /, "run('docker-credential-x', ['get'], { P: S })"],
  ['an argument of a program that nobody expects', /^sh \d+: arguments: /, "run('sh', ['-c', 'sleep 1; :', S])"],
  [
    'a file in the temporary folder',
    /tmp\/left: /,
    "fs.writeFileSync(process.env.TMPDIR + '/left', JSON.stringify(S))",
  ],
  [
    'a file that is gone when the program ends',
    /tmp\/gone: /,
    "fs.writeFileSync(process.env.TMPDIR + '/gone', S); pause(1500); fs.rmSync(process.env.TMPDIR + '/gone')",
  ],
  [
    'a file that is there only for a moment around a program',
    /^helm \d+: files: /,
    "fs.writeFileSync(process.env.TMPDIR + '/short', btoa64(S)); run('helm', ['version']); fs.rmSync(process.env.TMPDIR + '/short')",
  ],
  ['a file in the work folder', /report\.json: /, "fs.writeFileSync('report.json', JSON.stringify({ S }))"],
];

const prelude = `const fs = require('node:fs');
const { spawnSync } = require('node:child_process');
const S = JSON.parse(fs.readFileSync(process.env.HOME + '/own.json', 'utf8'));
const btoa64 = (text) => Buffer.from(text).toString('base64');
const run = (name, args, env = {}) => spawnSync(name, args, { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
`;

/** Runs a script in place of the program, the user's own file with the secret beside it. */
async function sweepScript(script: string) {
  const [home, work, tools] = [await testFolder(), await testFolder(), await testFolder()];
  // Otherwise what lies above the temporary folder may make an ES module of the script.
  await writeFile(join(home, 'package.json'), '{}');
  await writeFile(join(home, 'own.json'), JSON.stringify(secret));
  await writeFile(join(home, 'index.js'), `${prelude}${script}`);
  for (const name of ['helm', 'az', 'docker-credential-x']) {
    await writeFile(join(tools, name), '#!/bin/sh\ncat >/dev/null </dev/null\n', { mode: 0o755 });
  }
  const start = async (request: HostRequest): Promise<HostRun> => {
    const env = await bareEnvironment(request);
    const run = await runProgram(request.node, [join(home, 'index.js')], { cwd: work, env });
    return { passed: run.code === 0, code: run.code, annotations: [], outputs: {}, summary: '', log: run.output };
  };
  return await sweepSecrets(start, { node: process.execPath, inputs: {}, work, home, path: [tools] }, () => [secret]);
}

test.each(plants)('a secret in %s is found there', async (_, found, script) => {
  const { run, leaks } = await sweepScript(script);
  expect(run.log.replaceAll(secret, '')).not.toContain('Error');
  expect(leaks).toEqual(expect.arrayContaining([expect.stringMatching(found)]));
});

test.each<[string, Partial<AzureRun>]>([
  ['summary', { summary: `<td>${secret}</td>` }],
  ['annotations', { annotations: [{ level: 'error', title: 'x', message: `wrong: ${encodeURIComponent(secret)}` }] }],
  ['outputs', { outputs: { images: JSON.stringify([secret]) } }],
  ['commands', { commands: [{ name: 'task.setvariable', properties: { variable: 'x', secret }, data: '' }] }],
])('a secret in the %s of a runner is found there', async (place, told) => {
  const [home, work] = [await testFolder(), await testFolder()];
  const nothing = { passed: true, code: 0, annotations: [], outputs: {}, summary: '', log: '' };
  const start = async (): Promise<AzureRun> => ({ ...nothing, commands: [], refused: [], ...told });
  const request = { node: process.execPath, inputs: {}, work, home };
  expect((await sweepSecrets(start, request, () => [secret])).leaks).toEqual([expect.stringMatching(`^${place}: `)]);
});

test('what the user had before, and what tells a runner to hide it, is no leak', async () => {
  const { run, leaks, read } = await sweepScript(
    "console.log('::add-mask::' + S); run('helm', ['version']); fs.writeFileSync('harmless', 'x')",
  );
  expect([run.code, leaks]).toEqual([0, []]);
  expect(read.program).toBe(3);
  expect(read.file).toBeGreaterThan(0);
});

test('a secret in base64 is found wherever it stands in what was encoded, and by any line of several', async () => {
  for (const before of ['', 'a', 'ab', 'user:']) {
    const encoded = Buffer.from(`${before}${secret}:after`).toString('base64');
    expect(formsOf(secret).some((form) => encoded.includes(form))).toBe(true);
  }
  const key = await outputOf('openssl', ['genpkey', '-algorithm', 'ed25519']);
  expect(formsOf(key)).toContain(key.split('\n')[1]);
  expect(formsOf(key)).not.toContain('-----BEGIN PRIVATE KEY-----');
});
