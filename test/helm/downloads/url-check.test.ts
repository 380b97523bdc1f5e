import { expect, test } from 'vitest';
import { createUrlCheck } from '../../../src/helm/downloads/url-check.ts';

const names: Readonly<Record<string, readonly string[]>> = {
  'charts.example': ['93.184.216.34', '2606:2800:220:1::1'],
  'plain.example': ['93.184.216.34'],
  'inside.example': ['93.184.216.34', '10.1.2.3'],
  'registry.corp': ['10.1.2.3'],
  localhost: ['127.0.0.1', '::1'],
};

const checkUrl = createUrlCheck({
  named: ['registry.corp', 'harbor.corp:8443', '10.0.0.7:5000', 'Upper.Corp:443'],
  plainHttp: (host) => ['plain.example', '127.0.0.1:5000', '10.0.0.7:5000'].includes(host),
  resolveHost: async (name) => names[name] ?? [],
});

async function verdict(url: string): Promise<string> {
  return await checkUrl(new URL(url)).then(
    () => 'asked',
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
}

test.each([
  'https://charts.example/index.yaml',
  'http://plain.example/index.yaml',
  'https://registry.corp/v2/',
  'https://registry.corp:443/v2/',
  'https://upper.corp/v2/',
  'http://10.0.0.7:5000/v2/',
  // Only a proxy may know it.
  'https://known-to-nobody.example/a',
])('a chart may be fetched from %s', async (url) => {
  expect(await verdict(url)).toBe('asked');
});

test.each([
  'https://inside.example/index.yaml',
  'https://registry.corp:9000/v2/',
  'https://harbor.corp.example.@127.0.0.1/v2/',
  'https://localhost/a',
  'https://localhost./a',
  'https://127.0.0.1/a',
  'https://0x7f.1/a',
  'https://[::1]/a',
  'https://[::ffff:169.254.169.254]/a',
  'https://169.254.169.254/latest/meta-data',
  'https://[fd00::1]/a',
  'http://127.0.0.1:5000/a',
])('no chart leads to %s, which is in the network of the run', async (url) => {
  expect(await verdict(url)).toMatch(/^denied: .*is in the network of this run/);
});

test.each([
  'http://charts.example/index.yaml',
  'http://plain.example:8080/index.yaml',
  'http://169.254.169.254/latest',
  'file:///etc/passwd',
  'ftp://charts.example/a',
])('%s is not asked, because it is not encrypted', async (url) => {
  expect(await verdict(url)).toMatch(/^denied: .*is not encrypted/);
});
