import { expect, test } from 'vitest';
import { createPublicHostCheck } from '../../../src/mirror/copy/public-hosts.ts';

const names: Readonly<Record<string, readonly string[]>> = {
  'layers.example': ['93.184.216.34', '2606:2800:220:1::1'],
  'inside.example': ['93.184.216.34', '10.1.2.3'],
  localhost: ['127.0.0.1', '::1'],
};
const hosts = createPublicHostCheck(async (name) => names[name] ?? []);

async function verdict(url: string, registry = 'source.example'): Promise<string> {
  return await hosts
    .checkFor(registry)(new URL(url))
    .then(
      () => 'admitted',
      (error: { code: string }) => error.code,
    );
}

test.each([
  'https://layers.example/a',
  'https://93.184.216.34/a',
  'https://[2606:2800:220:1::1]/a',
  'https://172.32.0.1/a',
  // How an IPv4 address is reached from a network that has only IPv6.
  'https://[64:ff9b::5db8:d822]/a',
  // Only a proxy may know it.
  'https://known-to-nobody.example/a',
])('%s may be asked', async (url) => {
  expect(await verdict(url)).toBe('admitted');
});

test.each([
  'https://inside.example/a',
  'https://localhost/a',
  'https://localhost./a',
  'https://127.0.0.1/a',
  'https://2130706433/a',
  'https://0.0.0.0/a',
  'https://10.0.0.1/a',
  'https://172.16.0.1/a',
  'https://192.168.1.1:8443/a',
  'https://169.254.169.254/latest/meta-data',
  'https://100.100.100.200/a',
  'https://[::1]/a',
  'https://[::]/a',
  'https://[fd00::1]/a',
  'https://[fe80::1]/a',
  'https://[::ffff:10.0.0.1]/a',
  'https://[::10.0.0.1]/a',
  'https://[64:ff9b:1::a00:1]/a',
  'https://[64:ff9b::a9fe:a9fe]/a',
  'https://[2002:a9fe:a9fe::1]/a',
])('%s leads into the network of the run and may not', async (url) => {
  expect(await verdict(url)).toBe('denied');
});

test('the host of the source registry is allowed in any network', async () => {
  expect(await verdict('https://10.0.0.1:8443/a', '10.0.0.1:5000')).toBe('admitted');
  expect(await verdict('https://localhost:8443/a', 'localhost:5000')).toBe('admitted');
  expect(await verdict('https://10.0.0.2/a', '10.0.0.1:5000')).toBe('denied');
});
