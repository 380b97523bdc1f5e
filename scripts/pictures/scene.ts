/**
 * A repository with one chart of four images and a pull request that names a tag that doesn't exist. The registries
 * have public names, and a proxy on loopback answers for them, so that nothing of what the bundle prints has to be
 * replaced.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandIn } from '../../test/azure/fake-server.ts';
import { checkoutAt } from '../../test/support/checkout.ts';
import { runAsGitHubAction } from '../../test/support/github-runner.ts';
import { bareEnvironment, type HostRequest } from '../../test/support/host-run.ts';
import { makeImage, pushImage } from '../../test/support/images.ts';
import { runProgram } from '../../test/support/program.ts';
import { bundle } from '../../test/support/root.ts';
import { startDemoRegistry } from '../demo-registry.ts';
import { provideTool, toolFolder } from '../tools.ts';

/** What the bundle printed about the pull request. */
export interface Scene {
  /** Markdown of the job summary on GitHub. */
  readonly summary: string;
  /** The command line, and what a terminal shows after it, with its colors. */
  readonly terminal: string;
}

/** Columns of the terminal: the table of the scene fits. */
export const columns = 144;

const layerUnit = 100_000;

/** Repository, tag and size of the only layer. */
const images = [
  ['ghcr.io', 'contoso/web', '2.2.0', 31],
  ['ghcr.io', 'contoso/web', '2.3.0', 32],
  ['ghcr.io', 'contoso/api', '2.1.9', 17],
  ['ghcr.io', 'contoso/api', '2.2.0', 18],
  ['ghcr.io', 'contoso/api', '2.2.1', 18],
  ['ghcr.io', 'contoso/worker', '1.8.1', 12],
  ['registry-1.docker.io', 'library/redis', '7.4.2', 14],
] as const;

export async function playScene(): Promise<Scene> {
  provideTool('helm-4');
  const folder = await mkdtemp(join(tmpdir(), 'chart-images-pictures-'));
  const standIn = await startStandIn({ openStore: startDemoRegistry });
  try {
    for (const host of new Set(images.map(([name]) => name))) {
      const { store } = await standIn.addRegistry(host, { loginServer: host, anonymousPull: true });
      for (const [, repository, tag, size] of images.filter(([name]) => name === host)) {
        // Bytes as they are, because compressed ones depend on the version of zlib.
        const layer = new Uint8Array(size * layerUnit).fill(size);
        await pushImage(store.url, repository, tag, await makeImage({ seed: `${repository}:${tag}`, layers: [layer] }));
      }
    }
    const work = await checkOut(join(folder, 'work'));
    const request = {
      node: process.execPath,
      work,
      home: join(folder, 'home'),
      path: [toolFolder('helm-4')],
      env: { HTTPS_PROXY: standIn.proxy, NODE_EXTRA_CA_CERTS: standIn.caFile },
      inputs: { charts: 'charts/*' },
    };
    const pullRequest = { ...request, env: { ...request.env, GITHUB_BASE_REF: 'main' } };
    const { code, summary, log } = await runAsGitHubAction(pullRequest);
    // Anything but a finding (a helm that is missing, a registry that doesn't answer) would make another picture.
    if (code !== 1) throw new Error(`the check of the pull request ended with ${code}:\n${log}`);
    return { summary, terminal: await printInTerminal(request, 'charts/shop') };
  } finally {
    await standIn.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The summary shows a commit, whose name depends on its date. */
const commitDate = '2026-01-01T00:00:00Z';

/** A checkout whose branch `change` moves two images of `main` to other tags, one of which nobody pushed. */
async function checkOut(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const checkout = checkoutAt(folder, { GIT_AUTHOR_DATE: commitDate, GIT_COMMITTER_DATE: commitDate });
  await checkout.git('init', '--quiet', '--initial-branch=main');
  await checkout.commit(chart({ web: '2.2.0', api: '2.2.1' }));
  await checkout.git('switch', '--quiet', '--create', 'change');
  await checkout.commit(chart({ web: '2.3.0', api: '2.3.0' }));
  return folder;
}

function chart(tags: { readonly web: string; readonly api: string }): Readonly<Record<string, string>> {
  const values = [
    ['web', 'ghcr.io/contoso/web', tags.web],
    ['api', 'ghcr.io/contoso/api', tags.api],
    ['worker', 'ghcr.io/contoso/worker', '1.8.1'],
    ['cache', 'redis', '7.4.2'],
  ];
  return {
    'charts/shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.4.0\n',
    'charts/shop/values.yaml': values
      .map(([key, repository, tag]) => `${key}:\n  image:\n    repository: ${repository}\n    tag: ${tag}\n`)
      .join(''),
    ...Object.fromEntries(values.map(([key = '']) => [`charts/shop/templates/${key}.yaml`, deployment(key)])),
  };
}

function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: ${name}
          image: "{{ .Values.${name}.image.repository }}:{{ .Values.${name}.image.tag }}"
`;
}

async function printInTerminal(request: HostRequest, chartPath: string): Promise<string> {
  // A pipe is not a terminal, so the process is started with the properties of one of this width.
  const asTerminal = `data:text/javascript,Object.assign(process.stdout,{isTTY:true,columns:${columns}})`;
  const run = await runProgram(request.node, ['--import', asTerminal, bundle, chartPath], {
    cwd: request.work,
    env: await bareEnvironment(request),
  });
  return `$ node dist/index.js ${chartPath}\n${run.stderr}${run.stdout}`;
}
