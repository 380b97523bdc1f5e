/** The programs that copy the same images: how each is asked to. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provideTool, toolPath } from '../tools.ts';

export interface Task {
  /** Hosts as the program sees them. */
  readonly source: string;
  readonly target: string;
  readonly repositories: readonly string[];
  /** For the program's own files; empty. */
  readonly folder: string;
}

export interface Contestant {
  readonly name: string;
  /** The line for bash. */
  line(task: Task): string;
}

/** `ours` is the bundle of `ours.ts`. */
export function contestants(ours: string): readonly Contestant[] {
  for (const tool of ['crane', 'oras', 'regctl', 'regsync'] as const) provideTool(tool);
  return [
    { name: 'chart-images', line: (task) => ourLine(ours, task, { concurrency: 16 }) },
    { name: 'chart-images, concurrency 64', line: (task) => ourLine(ours, task, { concurrency: 64 }) },
    ...[4, 8, 16].map((atOnce) => ({
      name: `crane, ${atOnce} side by side`,
      line: (task: Task) =>
        sideBySide(task, atOnce, (from, to) => `${toolPath('crane')} copy --insecure ${from} ${to}`),
    })),
    {
      name: 'oras cp -r, 8 side by side',
      line: (task) =>
        sideBySide(task, 8, (from, to) => `${toolPath('oras')} cp -r --from-plain-http --to-plain-http ${from} ${to}`),
    },
    { name: 'regctl, 8 side by side', line: regctlLine },
    { name: 'regsync', line: (task) => regsyncLine(task) },
    // It allows itself three requests to a registry at once, which a round trip makes slow; this is the best it was
    // seen to do.
    { name: 'regsync, 32 requests', line: (task) => regsyncLine(task, { reqConcurrent: 32 }) },
    ...skopeo(),
  ];
}

function ourLine(
  bundle: string,
  { source, target, repositories, folder }: Task,
  { concurrency }: { readonly concurrency: number },
): string {
  const file = join(folder, 'images.json');
  writeFileSync(file, JSON.stringify({ source, target, repositories, concurrency }));
  return `${process.execPath} ${bundle} ${file}`;
}

function sideBySide(task: Task, atOnce: number, line: (from: string, to: string) => string): string {
  const { source, target, repositories, folder } = task;
  const file = join(folder, 'lines');
  writeFileSync(file, repositories.map((name) => `${line(`${source}/${name}:1`, `${target}/${name}:1`)}\n`).join(''));
  return `xargs -P ${atOnce} -I{} sh -c '{} >/dev/null' < ${file}`;
}

function regctlLine(task: Task): string {
  const config = join(task.folder, 'regctl.json');
  const plain = { tls: 'disabled' };
  writeFileSync(config, JSON.stringify({ hosts: { [task.source]: plain, [task.target]: plain } }));
  const line = sideBySide(task, 8, (from, to) => `${toolPath('regctl')} image copy ${from} ${to}`);
  return `REGCTL_CONFIG=${config} ${line}`;
}

function regsyncLine({ source, target, repositories, folder }: Task, bounds: object = {}): string {
  const config = join(folder, 'regsync.json');
  const sync = repositories.map((name) => ({
    source: `${source}/${name}:1`,
    target: `${target}/${name}:1`,
    type: 'image',
  }));
  const creds = [source, target].map((registry) => ({ registry, tls: 'disabled', ...bounds }));
  // YAML takes JSON.
  writeFileSync(config, JSON.stringify({ version: 1, creds, defaults: { parallel: 16 }, sync }));
  return `${toolPath('regsync')} once -c ${config}`;
}

function skopeo(): readonly Contestant[] {
  try {
    execFileSync('skopeo', ['--version'], { stdio: 'ignore' });
  } catch {
    return [];
  }
  const options = '--insecure-policy copy --all --preserve-digests --src-tls-verify=false --dest-tls-verify=false';
  return [
    {
      name: 'skopeo, 8 side by side',
      line: (task) => sideBySide(task, 8, (from, to) => `skopeo ${options} docker://${from} docker://${to}`),
    },
  ];
}
