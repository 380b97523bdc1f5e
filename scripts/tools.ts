/**
 * Builds or finds the real programs that the tests use, at pinned versions, in `.tools/` (ignored by git).
 * `go install` is the only way to have them all without a container engine; a program built once is kept.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '.tools');
const exe = process.platform === 'win32' ? '.exe' : '';

interface GoTool {
  readonly module: string;
  readonly version: string;
  readonly program: string;
}

const goTools = {
  'helm-3': { module: 'helm.sh/helm/v3/cmd/helm', version: 'v3.21.4', program: 'helm' },
  'helm-4': { module: 'helm.sh/helm/v4/cmd/helm', version: 'v4.2.4', program: 'helm' },
  registry: { module: 'github.com/distribution/distribution/v3/cmd/registry', version: 'v3.0.0', program: 'registry' },
  crane: { module: 'github.com/google/go-containerregistry/cmd/crane', version: 'v0.22.1', program: 'crane' },
  oras: { module: 'oras.land/oras/cmd/oras', version: 'v1.3.6', program: 'oras' },
  actionlint: { module: 'github.com/rhysd/actionlint/cmd/actionlint', version: 'v1.7.12', program: 'actionlint' },
  act: { module: 'github.com/nektos/act', version: 'v0.2.87', program: 'act' },
  // Only the benchmark of copying needs the last two, and builds them itself.
  regctl: { module: 'github.com/regclient/regclient/cmd/regctl', version: 'v0.11.7', program: 'regctl' },
  regsync: { module: 'github.com/regclient/regclient/cmd/regsync', version: 'v0.11.7', program: 'regsync' },
} as const satisfies Record<string, GoTool>;

export type ToolName = keyof typeof goTools;

const notForTests: ReadonlySet<ToolName> = new Set(['regctl', 'regsync']);

/** A program for Linux, macOS and Windows in a package of PyPI; Go has nothing of the kind. */
const zizmor = '1.32.0';

/** The oldest Node that the bundle promises to run on. */
const oldestNode = '20.18.0';

/** The folder that holds one tool's program, so that it can stand alone on a PATH. */
export function toolFolder(name: ToolName): string {
  return join(root, `${name}-${goTools[name].version}`);
}

/** Absolute path of a tool's program. */
export function toolPath(name: ToolName): string {
  return join(toolFolder(name), goTools[name].program + exe);
}

/** Absolute path of the oldest Node that is supported. */
export function oldestNodePath(): string {
  const folder = join(root, `node-${oldestNode}`, 'node_modules', `node-${nodePlatform()}`);
  return process.platform === 'win32' ? join(folder, 'bin', 'node.exe') : join(folder, 'bin', 'node');
}

function nodePlatform(): string {
  return `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

/** Absolute path of the linter for the security of workflows. */
export function zizmorPath(): string {
  return join(root, `zizmor-${zizmor}`, 'bin', `zizmor${exe}`);
}

/** Builds one tool unless it is there. Throws with go's own words when it cannot be built. */
export function provideTool(name: ToolName): void {
  if (existsSync(toolPath(name))) return;
  const tool = goTools[name];
  const folder = `${toolFolder(name)}.building-${process.pid}`;
  console.error(`building ${tool.module}@${tool.version} (once, kept in .tools)`);
  mkdirSync(folder, { recursive: true });
  execFileSync('go', ['install', `${tool.module}@${tool.version}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-buildvcs=false' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  rmSync(toolFolder(name), { recursive: true, force: true });
  renameSync(folder, toolFolder(name));
}

/** Fetches the oldest supported Node from the package registry unless it is there. */
export function provideOldestNode(): void {
  if (existsSync(oldestNodePath())) return;
  const prefix = join(root, `node-${oldestNode}`);
  console.error(`fetching Node ${oldestNode} (once, kept in .tools)`);
  mkdirSync(prefix, { recursive: true });
  execFileSync('npm', ['install', '--no-save', '--prefix', prefix, `node-${nodePlatform()}@${oldestNode}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}

/** Fetches zizmor unless it is there. Only GitHub's runners surely have Python: others do without. */
export function provideZizmor(): void {
  if (existsSync(zizmorPath())) return;
  const folder = join(root, `zizmor-${zizmor}`);
  const building = `${folder}.building-${process.pid}`;
  console.error(`fetching zizmor ${zizmor} (once, kept in .tools)`);
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--target', building];
  try {
    const python = process.platform === 'win32' ? 'python' : 'python3';
    execFileSync(python, ['-m', 'pip', 'install', ...options, `zizmor==${zizmor}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch (error) {
    if (process.env['GITHUB_ACTIONS'] !== undefined) throw error;
    console.error('zizmor cannot be fetched: without it, its test is skipped here');
    return;
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(building, folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  provideOldestNode();
  provideZizmor();
  for (const name of Object.keys(goTools) as ToolName[]) if (!notForTests.has(name)) provideTool(name);
}
