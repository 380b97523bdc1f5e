import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { run } from '../../src/app/run.ts';
import { createServices, type Services } from '../../src/app/services.ts';
import { computeDigest } from '../../src/core/oci/digest.ts';
import { OutputFilter } from '../../src/hosts/output-filter.ts';
import { readSettings } from '../../src/inputs/read-settings.ts';
import type { ImagesJson } from '../../src/report/json/json-types.ts';
import { podChart } from '../support/chart.ts';
import { chartFiles, packedChart } from '../support/charts.ts';
import { testFolder } from '../support/folder.ts';
import { recordingHost } from '../support/recording-host.ts';
import { terminalIn, workFolderWith } from './app-fixtures.ts';

afterEach(() => vi.unstubAllEnvs());

async function servicesWith(...flags: readonly string[]): Promise<Services> {
  const { host } = await terminalIn(await workFolderWith(podChart('nginx:1')), '--charts=web', ...flags);
  const settings = await readSettings(host.inputs, { workFolder: host.folders.work, host: host.name });
  const services = createServices(settings, host, new AbortController().signal);
  onTestFinished(() => services.close());
  return services;
}

test('each service of a run is created once, however often it is requested', async () => {
  const services = await servicesWith('--target=registry.example/team');
  for (const create of [services.registries, services.helm, services.destination]) {
    const [first, second] = await Promise.all([create(), create()]);
    expect(second).toBe(first);
  }
});

test('a run without a target has no destination', async () => {
  expect(await (await servicesWith()).destination()).toBeUndefined();
});

test('the helm on PATH is known before its version is, unless another version is required', async () => {
  const program = join(toolFolder('helm-4'), process.platform === 'win32' ? 'helm.exe' : 'helm');
  expect(await (await servicesWith()).probeHelm()).toBe(program);
  expect(await (await servicesWith('--helm-version=4')).probeHelm()).toBeUndefined();
});

test('a chart repository at a private address is refused unless an input names it', async () => {
  const services = await servicesWith();
  const { downloads } = services.renderContext;
  await expect(downloads.index(new URL('https://127.0.0.1:9/charts'))).rejects.toMatchObject({ code: 'denied' });
});

test('a run that used no service closes at once', async () => {
  await expect((await servicesWith()).close()).resolves.toBeUndefined();
});

const image = 'registry.example/library/web:1';

/** Host and port of a chart registry that requires the token, which it issues to anyone. */
async function chartRegistry(token: string): Promise<string> {
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: "${image}" }] }\n`;
  const chart = await packedChart('app', chartFiles('app', { 'templates/pod.yaml': pod }));
  const config = Buffer.from('{"name":"app","version":"1.0.0","apiVersion":"v2"}');
  const descriptor = (mediaType: string, content: Buffer) => {
    return { mediaType, digest: computeDigest(content), size: content.length };
  };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: descriptor('application/vnd.cncf.helm.config.v1+json', config),
      layers: [descriptor('application/vnd.cncf.helm.chart.content.v1.tar+gzip', chart)],
    }),
  );
  const contents = new Map([config, chart, manifest].map((content) => [computeDigest(content) as string, content]));
  let host = '';
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    const content = url.endsWith('/manifests/1.0.0') ? manifest : contents.get(url.split('/').at(-1) ?? '');
    if (url.startsWith('/token')) response.end(JSON.stringify({ token }));
    else if (request.headers.authorization !== `Bearer ${token}`)
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    else if (content === undefined) response.writeHead(404).end();
    else {
      const type = content === manifest ? 'application/vnd.oci.image.manifest.v1+json' : 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-length': content.length });
      response.end(request.method === 'HEAD' ? undefined : content);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  host = `127.0.0.1:${address.port}`;
  return host;
}

test('a chart registry whose token is the name of an image hides no part of that name in the report', async () => {
  const registry = await chartRegistry('registry.example/library/web');
  const filter = new OutputFilter();
  const { host, shown } = recordingHost(await testFolder(), {
    inputs: { charts: `oci://${registry}/charts/app:1.0.0`, resolve: 'false' },
    secretMask: filter.mask,
    mask: (secret) => void filter.addSecret(secret),
    maskIssued: (token) => void filter.addIssuedToken(token),
  });
  vi.stubEnv('PATH', [toolFolder('helm-4'), process.env['PATH']].join(delimiter));
  await run(host, new AbortController().signal);
  const { images, errors }: ImagesJson = JSON.parse(shown.json);
  expect(errors).toEqual([]);
  expect(images.map((one) => one.image)).toEqual([image]);
});
