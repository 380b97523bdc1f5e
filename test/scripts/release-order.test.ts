/**
 * The last step of the release workflow, run as it is written there: with a real repository as the server, and a
 * stand-in for `gh` that writes down what it changes.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Checkout, gitEnvironment, makeRepository } from '../support/checkout.ts';
import { testFolder } from '../support/folder.ts';
import { runProgram } from '../support/program.ts';
import { root } from '../support/root.ts';

/** What the step uses of cli.github.com/manual and of the endpoints of git references. */
const gh = `#!/usr/bin/env bash
set -eu
say() { echo "$*" >>"$STATE/events"; }
release=$STATE/release-\${3-}
case "$1 $2" in
  'release view')
    [[ -d $release ]] || { echo 'release not found' >&2; exit 1; }
    cat "$release/draft" ;;
  'release create')
    git -C "$SERVER" rev-parse --verify --quiet "refs/tags/$3" >/dev/null
    mkdir "$release"
    echo true >"$release/draft"
    say "create $3$([[ " $* " != *' --draft '* ]] || echo ' draft')$([[ " $* " != *' --prerelease '* ]] || echo ' prerelease')" ;;
  'release upload')
    for file in "\${@:4}"; do
      [[ -f $file ]] || continue
      [[ $file != *"\${BROKEN:-none}" ]] || { echo 'upload failed' >&2; exit 1; }
      cp "$file" "$release/"
      say "upload $(basename "$file")"
    done ;;
  'release edit')
    echo false >"$release/draft"
    say "publish $3" ;;
  'api --paginate')
    git -C "$SERVER" for-each-ref --format='%(refname)' "refs/\${3#*matching-refs/}*" ;;
  'api --method')
    ref=\${4#*git/}
    [[ $3 == PATCH ]] || ref=\${6#ref=}
    exists=$(git -C "$SERVER" rev-parse --verify --quiet "$ref" || true)
    [[ $3 == PATCH && -n $exists || $3 == POST && -z $exists ]] || { echo 'HTTP 422' >&2; exit 1; }
    git -C "$SERVER" update-ref "$ref" "$GITHUB_SHA"
    say "\${ref#refs/tags/} is $GITHUB_SHA" ;;
  *) echo "unknown: $*" >&2; exit 2 ;;
esac
`;

interface Step {
  readonly run?: string;
}

async function lastStep(): Promise<string> {
  const workflow = parse(await readFile(join(root, '.github', 'workflows', 'release.yml'), 'utf8'));
  const steps: readonly Step[] = workflow.jobs.release.steps;
  return steps.at(-1)?.run ?? '';
}

/** A repository with releases on its server. */
async function makeServer() {
  const server: Checkout = await makeRepository();
  const [work, state] = [await testFolder(), await testFolder()];
  await mkdir(join(work, 'build', 'release'), { recursive: true });
  await mkdir(join(work, 'bin'));
  for (const name of ['a.tgz', 'b.vsix']) await writeFile(join(work, 'build', 'release', name), name);
  await writeFile(join(work, 'bin', 'gh'), gh, { mode: 0o755 });
  await writeFile(join(work, 'step.sh'), await lastStep());
  const tag = async (name: string): Promise<string> => {
    const commit = await server.commit({ 'version.txt': name });
    await server.git('tag', '--annotate', '--message', name, name);
    return commit;
  };
  /** As the runner starts a step on Linux that names no shell. */
  const release = async (name: string, commit: string, broken?: string) => {
    await writeFile(join(state, 'events'), '');
    const env = {
      ...gitEnvironment,
      PATH: `${join(work, 'bin')}:${gitEnvironment.PATH}`,
      TAG: name,
      REPOSITORY: 'owner/name',
      GITHUB_SHA: commit,
      STATE: state,
      SERVER: server.folder,
      ...(broken === undefined ? {} : { BROKEN: broken }),
    };
    const run = await runProgram('bash', ['-e', 'step.sh'], { cwd: work, env });
    const events = (await readFile(join(state, 'events'), 'utf8')).split('\n').filter((line) => line !== '');
    return { passed: run.code === 0, events };
  };
  return { server, tag, release };
}

// The step runs on Linux only.
describe.skipIf(process.platform === 'win32')('a release', () => {
  test('is a draft until its assets are there, then published, and then the tag of the major version moves', async () => {
    const { server, tag, release } = await makeServer();
    for (const name of ['v0.1.0', 'v0.2.0']) {
      const commit = await tag(name);
      expect(await release(name, commit)).toEqual({
        passed: true,
        events: [`create ${name} draft`, 'upload a.tgz', 'upload b.vsix', `publish ${name}`, `v0 is ${commit}`],
      });
      expect(await server.git('rev-parse', 'v0')).toBe(commit);
    }
  });

  test('stays a draft if an asset cannot be uploaded, and a run again finishes it', async () => {
    const { server, tag, release } = await makeServer();
    const commit = await tag('v0.1.0');
    expect(await release('v0.1.0', commit, 'b.vsix')).toEqual({
      passed: false,
      events: ['create v0.1.0 draft', 'upload a.tgz'],
    });
    await expect(server.git('rev-parse', '--verify', 'v0')).rejects.toThrow();
    expect(await release('v0.1.0', commit)).toEqual({
      passed: true,
      events: ['upload a.tgz', 'upload b.vsix', 'publish v0.1.0', `v0 is ${commit}`],
    });
    // What is published stays as it is.
    expect(await release('v0.1.0', commit)).toEqual({ passed: true, events: [`v0 is ${commit}`] });
  });

  test('of an older version, or before a release, leaves the tag of the major version alone', async () => {
    const { server, tag, release } = await makeServer();
    const newest = await tag('v0.10.0');
    expect((await release('v0.10.0', newest)).passed).toBe(true);
    const [fix, candidate] = [await tag('v0.9.1'), await tag('v0.11.0-rc.1')];
    expect((await release('v0.9.1', fix)).events.at(-1)).toBe('publish v0.9.1');
    expect((await release('v0.11.0-rc.1', candidate)).events).toEqual([
      'create v0.11.0-rc.1 draft prerelease',
      'upload a.tgz',
      'upload b.vsix',
      'publish v0.11.0-rc.1',
    ]);
    expect(await server.git('rev-parse', 'v0')).toBe(newest);
  });
});
