import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toolPath } from '../../scripts/tools.ts';
import type { HttpClient } from '../../src/core/http/http.ts';
import { makeImage, makeIndex, pushImage } from '../support/images.ts';
import { outputOf, runProgram } from '../support/program.ts';
import { clientOf } from './client.ts';
import { layerBytes, lineOf } from './exchange.ts';
import { resourceGroup, subscription, tenant } from './fake-azure.ts';
import { type StandIn, startStandIn } from './fake-server.ts';
import { secretsIn } from './secrets.ts';

let azure: StandIn;
let http: HttpClient;
let folder: string;

beforeEach(async () => {
  azure = await startStandIn();
  folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
  http = await clientOf(azure);
});

afterEach(async () => {
  await http.close();
  await azure.stop();
  await rm(folder, { recursive: true });
});

async function ask(method: 'GET' | 'POST' | 'PUT', url: string, token = '', body?: object | URLSearchParams) {
  const form = body instanceof URLSearchParams;
  const headers = {
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' }),
  };
  const text = form ? body.toString() : JSON.stringify(body);
  const answer = await http.fetch(
    { method, url: new URL(url), headers, ...(body === undefined ? {} : { body: text }) },
    1e6,
  );
  const { status, bytes } = answer;
  return { status, headers: answer.headers, json: bytes.length === 0 ? {} : JSON.parse(bytes.toString()) };
}

/** An independent client, with the login in its own file. */
async function crane(host: string, login: string, ...args: string[]) {
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({ auths: { [host]: { auth: Buffer.from(login).toString('base64') } } }),
  );
  return await runProgram(toolPath('crane'), args, {
    env: { HTTPS_PROXY: azure.proxy, SSL_CERT_FILE: azure.caFile, DOCKER_CONFIG: folder, HOME: folder },
  });
}

async function entraToken(clientId: string, secret: string, scope: string): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope };
  const url = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
  return (await ask('POST', url, '', new URLSearchParams(form))).json.access_token;
}

test('the conversation of a recorded publish: no manifest, created, polled, its credential takes its images and no others', async () => {
  const secret = azure.world.newSecret();
  const publisher = azure.addPrincipal({ secret });
  const store = await azure.addArtifactStore();
  azure.assign(publisher, 'Contributor', `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`);
  const token = await entraToken(publisher.clientId, secret, 'https://management.azure.com/.default');
  const manifest = `https://management.azure.com${store.resourceId}/artifactManifests/nginx-acr-manifest-1-0-0`;
  const version = '?api-version=2023-09-01';

  const missing = await ask('GET', manifest + version, token);
  expect([missing.status, missing.json.error.code]).toEqual([404, 'ResourceNotFound']);
  expect(missing.json.error.message).toMatch(
    /^The Resource '.*' under resource group 'contoso-publisher' was not found\./,
  );

  const artifacts = [{ artifactName: 'nginx', artifactType: 'OCIArtifact', artifactVersion: 'stable' }];
  const created = await ask('PUT', manifest + version, token, { location: 'westeurope', properties: { artifacts } });
  expect([created.status, created.json.properties.provisioningState]).toEqual([201, 'Accepted']);
  const states: string[] = [];
  while (states.at(-1) !== 'Succeeded') {
    states.push((await ask('GET', created.headers['azure-asyncoperation'] ?? '', token)).json.status);
  }
  expect(states).toEqual(['Running', 'Running', 'Succeeded']);

  const { json: credential } = await ask('POST', `${manifest}/listCredential${version}`, token);
  expect(credential).toMatchObject({ username: 'nginx-acr-manifest-1-0-0', repositories: ['nginx'] });
  expect([credential.acrToken.length, credential.acrServerUrl]).toEqual([52, `https://${store.registry.loginServer}`]);
  expect(credential.expiry).toMatch(/\.\d{7}\+00:00$/);

  const source = await azure.addRegistry('source', { anonymousPull: true });
  const image = await makeIndex([await makeImage({ layers: [100_000] })], { attestations: true });
  await pushImage(source.store.url, 'library/nginx', 'stable', image);
  const login = `${credential.username}:${credential.acrToken}`;
  const host = store.registry.loginServer;
  const copied = await crane(host, login, 'copy', `${source.loginServer}/library/nginx:stable`, `${host}/nginx:stable`);
  expect(copied).toMatchObject({ code: 0 });
  expect(await outputOf(toolPath('crane'), ['digest', `${store.registry.store.host}/nginx:stable`])).toBe(image.digest);
  expect(layerBytes(azure.recorded)).toBeGreaterThan(200_000);
  const elsewhere = await crane(host, login, 'copy', `${source.loginServer}/library/nginx:stable`, `${host}/other:1`);
  expect([elsewhere.code, elsewhere.output]).toEqual([1, expect.stringContaining('401')]);
  expect(azure.refusedHosts).toEqual([]);
});

test('a registry in ABAC mode gives Contributors nothing and repository roles their repositories', async () => {
  const secret = azure.world.newSecret();
  const pipeline = azure.addPrincipal({ secret });
  const registry = await azure.addRegistry('abac', { permissions: 'abac' });
  azure.assign(pipeline, 'Contributor', registry.resourceId);
  await pushImage(registry.store.url, 'team/a', '1', await makeImage());
  const host = registry.loginServer;
  const digest = async () => await crane(host, `${pipeline.clientId}:${secret}`, 'digest', `${host}/team/a:1`);
  expect((await digest()).code).toBe(1);
  azure.assign(pipeline, 'Container Registry Repository Reader', registry.resourceId, 'team/');
  expect((await digest()).code).toBe(0);
});

test('what has no permission is refused in the words of the resource manager', async () => {
  const secret = azure.world.newSecret();
  const stranger = azure.addPrincipal({ secret });
  const store = await azure.addArtifactStore();
  const token = await entraToken(stranger.clientId, secret, 'https://management.azure.com/.default');
  const answer = await ask('GET', `https://management.azure.com${store.resourceId}?api-version=2023-09-01`, token);
  expect(answer.status).toBe(403);
  expect(answer.json.error.message).toContain(
    `does not have authorization to perform action 'Microsoft.HybridNetwork/publishers/artifactStores/read' over scope '${store.resourceId}'`,
  );
});

test('a monolithic upload above the bound is refused with 413, and every request is on record', async () => {
  azure.world.behavior.largestPut = 1_000;
  const registry = await azure.addRegistry('small');
  registry.scopeMapTokens.push({ username: 'map', password: azure.world.newSecret(), repositories: ['a'] });
  const [login] = registry.scopeMapTokens;
  const basic = Buffer.from(`${login?.username}:${login?.password}`).toString('base64');
  const at = `https://${registry.loginServer}/v2/a/blobs/uploads/`;
  const headers = { authorization: `Basic ${basic}` };
  const started = await http.fetch({ method: 'POST', url: new URL(at), headers }, 1e6);
  expect(started.headers['location']).toMatch(/^\/v2\/a\/blobs\/uploads\/.*\?_nouploadcache=false&_state=/);
  const url = new URL(`${started.headers['location']}&digest=sha256:0`, at);
  const refused = await http.fetch({ method: 'PUT', url, headers, body: Buffer.alloc(1_001) }, 1e6);
  expect(refused.status).toBe(413);
  expect(azure.recorded.map((each) => `${lineOf(each)} ${each.status}`)).toEqual([
    'POST small.azurecr.io/v2/a/blobs/uploads/ 202',
    expect.stringMatching(/^PUT small\.azurecr\.io\/v2\/a\/blobs\/uploads\/.* 413$/),
  ]);
});

test('a secret is found in a text in every form in which it could leak', () => {
  const secret = azure.world.newSecret(40);
  const tricky = azure.world.secret('with blanks & signs');
  const basic = Buffer.from(`user:${secret}`).toString('base64');
  for (const text of [
    `x${secret}y`,
    basic,
    encodeURIComponent(tricky),
    `auth: ${Buffer.from(tricky).toString('base64')}`,
  ]) {
    expect(secretsIn(text, azure.world)).toHaveLength(1);
  }
  expect(secretsIn('nothing of it', azure.world)).toEqual([]);
});
