import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { displayPath, isInside } from '../../../src/core/files/display-path.ts';
import { createTemporaryFolder } from '../../../src/core/files/temporary-folder.ts';
import { writeFileAtomically } from '../../../src/core/files/write-file.ts';
import { silentLog } from '../../../src/core/log.ts';
import { testFolder } from '../../support/folder.ts';
import { root } from '../../support/root.ts';

describe('writing a file', () => {
  it('makes its folder, replaces the old content and leaves nothing beside it', async () => {
    const folder = join(await testFolder(), 'a', 'b');
    await writeFileAtomically(join(folder, 'c.json'), 'old');
    await writeFileAtomically(join(folder, 'c.json'), 'new');
    expect(await readFile(join(folder, 'c.json'), 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['c.json']);
  });

  it('leaves no partial file when the place is taken by a folder', async () => {
    const folder = await testFolder();
    await mkdir(join(folder, 'taken', 'full'), { recursive: true });
    await expect(writeFileAtomically(join(folder, 'taken'), 'text')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it.runIf(process.platform !== 'win32')('keeps secrets from other users', async () => {
    const file = join(await testFolder(), 'secret');
    await writeFileAtomically(file, 'text', { mode: 0o600 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe('a temporary folder', () => {
  it('is gone with all its content when it is removed, also twice', async () => {
    const parent = await testFolder();
    const folder = await createTemporaryFolder(join(parent, 'not', 'there'), 'render');
    await writeFile(join(folder.path, 'a'), 'text');
    await folder.remove();
    await folder.remove();
    expect(await readdir(join(parent, 'not', 'there'))).toEqual([]);
  });

  it('that cannot be removed does not fail the run, and the log says why', async () => {
    const parent = join(await testFolder(), 'parent');
    const folder = await createTemporaryFolder(parent, 'x');
    await rm(parent, { recursive: true });
    await writeFile(parent, 'in its place');
    const lines: string[] = [];
    await folder.remove({ ...silentLog, debug: (line) => lines.push(line) });
    expect(lines).toEqual([expect.stringContaining(`Cannot remove ${folder.path} yet: ENOTDIR`)]);
  });

  it('that cannot be removed at the exit keeps neither the exit code nor the other folders', async () => {
    const parent = await testFolder();
    const [folders, tidying] = ['files/temporary-folder.ts', 'tidy-up.ts'].map((file) =>
      JSON.stringify(join(root, 'src/core', file)),
    );
    // No file system removes a file of this name.
    const program = `import { createTemporaryFolder } from ${folders};
      import { removeAtExit } from ${tidying};
      removeAtExit('\\0');
      await createTemporaryFolder(${JSON.stringify(join(parent, 'second'))}, 'x');
      process.exit(3);`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    expect(await readdir(join(parent, 'second'))).toEqual([]);
  });

  it('is gone when the process exits without removing it', async () => {
    const parent = await testFolder();
    const module = JSON.stringify(join(root, 'src/core/files/temporary-folder.ts'));
    const program = `import { createTemporaryFolder } from ${module};
      const folder = await createTemporaryFolder(${JSON.stringify(parent)}, 'x');
      process.stdout.write(folder.path);
      process.exit(130);`;
    let path = '';
    try {
      execFileSync(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    } catch (error) {
      path = String(error instanceof Error && 'stdout' in error ? error.stdout : '');
    }
    expect(path).toContain(join(parent, 'x-'));
    expect(await readdir(parent)).toEqual([]);
  });
});

describe('a path in a report', () => {
  const work = join(process.cwd(), 'work');

  it('counts from the work folder with slashes where it lies below it', () => {
    expect(displayPath(join(work, 'charts', 'contoso'), work)).toBe('charts/contoso');
    expect(displayPath(work, work)).toBe('.');
  });

  it('is whole where it lies elsewhere, also when only the beginning of the name is the same', () => {
    expect(displayPath(`${work}-b`, work)).toBe(`${work}-b`.replaceAll('\\', '/'));
    expect(isInside(join(work, '..', 'x'), work)).toBe(false);
    expect(isInside(join(work, '..x'), work)).toBe(true);
  });
});
