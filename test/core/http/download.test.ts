import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { downloadFile } from '../../../src/core/http/download.ts';
import { createHttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import { inOrder, type Reply, startFaultServer } from '../../support/fault-server.ts';

const content = Buffer.alloc(100_000, 'helm');

async function setUp(...replies: [Reply, ...Reply[]]) {
  const server = await startFaultServer(inOrder(...replies));
  const patience = { firstDelay: 5, maximumDelay: 20, whenThrottled: 100, whenFailing: 100 };
  const http = await createHttpClient({
    log: silentLog,
    signal: new AbortController().signal,
    proxyEnv: {},
    retryPolicy: patience,
  });
  const folder = mkdtempSync(join(tmpdir(), 'download-'));
  onTestFinished(async () => {
    await http.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const download = (maximumBytes = 1_000_000) =>
    downloadFile(http, new URL('/helm.tar.gz', server.url), join(folder, 'file'), { maximumBytes });
  return { download, folder };
}

test('a download is stored and its SHA-256 returned', async () => {
  const { download, folder } = await setUp({ status: 200, body: content });
  const sha256 = createHash('sha256').update(content).digest('hex');
  expect(await download()).toEqual({ sha256, bytes: content.length });
  expect(readFileSync(join(folder, 'file'))).toEqual(content);
});

test.each<[string, Reply, number, string]>([
  ['is not there', { status: 404 }, 1_000_000, 'not-found'],
  ['breaks off', { halfOf: content }, 1_000_000, 'network'],
  ['is longer than the bound', { status: 200, body: content }, 99_999, 'registry-answer'],
])('a file that %s leaves nothing behind', async (_, reply, maximumBytes, code) => {
  const { download, folder } = await setUp(reply);
  await expect(download(maximumBytes)).rejects.toMatchObject({ code });
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that is already there is left alone', async () => {
  const { download, folder } = await setUp({ status: 200, body: content });
  writeFileSync(join(folder, 'file'), 'mine');
  await expect(download()).rejects.toThrow('EEXIST');
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine');
});
