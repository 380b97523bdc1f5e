import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { findExecutable } from '../../../src/core/process/find-executable.ts';
import { type ProgramOptions, runProgram } from '../../../src/core/process/run-program.ts';
import { faultOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';

/** Node itself is the one program that is there on every system. */
function node(script: string, options: Partial<ProgramOptions> = {}) {
  return runProgram(process.execPath, {
    arguments: ['-e', script],
    environment: {},
    timeoutMilliseconds: 30_000,
    maximumOutputBytes: 1024,
    signal: new AbortController().signal,
    ...options,
  });
}

/** A program that starts another one, which never ends and writes its id to a file. */
function endlessFamily(file: string): string {
  const child = `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`;
  return `process.on('SIGTERM', () => {});
    require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' });
    setInterval(() => {}, 1000);`;
}

async function readWhenThere(file: string): Promise<number> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text !== '') return Number(text);
    await wait(20);
  }
}

/** Waits until the process is gone; a test that waits for ever fails by its own limit. */
async function untilGone(pid: number): Promise<'gone'> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return 'gone';
    }
    await wait(20);
  }
}

describe('running a program', () => {
  it('gives its exit code and both outputs, whatever the code', async () => {
    const result = await node("console.log('out'); console.error('err'); process.exit(3)");
    expect(result).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('shows it exactly the environment that was given', async () => {
    const seen = await node('console.log(JSON.stringify(process.env))', { environment: { ONLY: 'this' } });
    const variables = Object.keys(JSON.parse(seen.stdout)).filter((name) => !/^(SYSTEMROOT|__CF)/i.test(name));
    expect(variables).toEqual(['ONLY']);
  });

  it('hands over arguments as they are: no shell reads them', async () => {
    const text = '$(echo a) `b` "c" \'d\' %PATH% | & ; \n e';
    const result = await node('', { arguments: ['-p', 'JSON.stringify(process.argv[1])', text] });
    expect(JSON.parse(result.stdout)).toBe(text);
  });

  it('writes the input, and an empty one where none is given', async () => {
    const script = "process.stdin.on('data', (text) => console.log(String(text))).on('end', () => console.log('end'))";
    expect((await node(script, { input: 'secret' })).stdout).toBe('secret\nend\n');
    expect((await node(script)).stdout).toBe('end\n');
  });

  it('does not fail when the program leaves its input unread', async () => {
    expect(await node('process.exit(0)', { input: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 0 });
  });

  it('replaces what is not UTF-8', async () => {
    expect((await node('process.stdout.write(Buffer.from([0x61, 0xff, 0x62]))')).stdout).toBe('a\uFFFDb');
  });

  it('says that a program does not exist', async () => {
    const missing = join(await testFolder(), 'no-such-program');
    const options = { arguments: [], environment: {}, timeoutMilliseconds: 1000, maximumOutputBytes: 10 };
    const fault = await faultOf(runProgram(missing, { ...options, signal: new AbortController().signal }));
    expect(fault).toMatchObject({ code: 'process-failed', message: expect.stringContaining('no-such-program') });
  });

  it('says that another program ended it', async () => {
    const fault = await faultOf(node("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)"));
    expect(fault).toMatchObject({ code: 'process-failed' });
  });

  it('stops one that prints without end', async () => {
    const fault = await faultOf(node("for (;;) require('fs').writeSync(1, 'text\\n')"));
    expect(fault).toMatchObject({ code: 'process-output', message: expect.stringContaining('more than 1024 bytes') });
  });

  it('stops one that takes too long, with the programs that it started', async () => {
    const file = join(await testFolder(), 'pid');
    const fault = await faultOf(node(endlessFamily(file), { timeoutMilliseconds: 1500 }));
    expect(fault).toMatchObject({ code: 'process-timeout' });
    expect(await untilGone(await readWhenThere(file))).toBe('gone');
  });

  it.runIf(process.platform === 'linux')('stops one that takes more memory than its bound', async () => {
    const script = 'const all = []; setInterval(() => all.push(Buffer.alloc(20_000_000, 1)), 20)';
    const fault = await faultOf(node(script, { maximumMemoryBytes: 200_000_000 }));
    expect(fault).toMatchObject({ code: 'process-memory', message: expect.stringContaining('more than 200.0 MB') });
  });

  it.runIf(process.platform === 'linux')('counts the memory of the programs that it started', async () => {
    const file = join(await testFolder(), 'pid');
    const child = `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid));
      const all = []; setInterval(() => all.push(Buffer.alloc(20_000_000, 1)), 20)`;
    const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]);
      setInterval(() => {}, 1000);`;
    const fault = await faultOf(node(script, { maximumMemoryBytes: 250_000_000 }));
    expect(fault).toMatchObject({ code: 'process-memory' });
    expect(await untilGone(await readWhenThere(file))).toBe('gone');
  });

  it('leaves one alone that stays within its bound of memory', async () => {
    const script = 'setTimeout(() => {}, 300)';
    expect(await node(script, { maximumMemoryBytes: 500_000_000 })).toMatchObject({ exitCode: 0 });
  });

  it('stops the whole family at once when the run is cancelled, also one that does not listen', async () => {
    const file = join(await testFolder(), 'pid');
    const controller = new AbortController();
    const running = faultOf(node(endlessFamily(file), { signal: controller.signal }));
    const grandchild = await readWhenThere(file);
    controller.abort();
    expect(await running).toMatchObject({ code: 'cancelled' });
    expect(await untilGone(grandchild)).toBe('gone');
  });

  it('starts nothing after the cancel', async () => {
    const file = join(await testFolder(), 'started');
    const script = `require('fs').writeFileSync(${JSON.stringify(file)}, '')`;
    expect(await faultOf(node(script, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'cancelled' });
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });
});

describe('finding a program', () => {
  const name = process.platform === 'win32' ? 'tool.exe' : 'tool';

  it('takes the first on the search path and passes over files that cannot be run', async () => {
    const [first, second] = [await testFolder(), await testFolder()];
    await writeFile(join(second, name), '', { mode: 0o755 });
    if (process.platform !== 'win32') await writeFile(join(first, name), '', { mode: 0o644 });
    const PATH = [first, second].join(process.platform === 'win32' ? ';' : ':');
    expect(await findExecutable('tool', { PATH })).toBe(join(second, name));
  });

  it('never looks into relative folders of the path', async () => {
    expect(await findExecutable('package.json', { PATH: '.' })).toBeUndefined();
    expect(await findExecutable('tool', {})).toBeUndefined();
  });
});
