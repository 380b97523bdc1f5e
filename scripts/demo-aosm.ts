/**
 * The worked example into AOSM's artifact store by one step: a stand-in for Azure in this process (Entra ID, the
 * resource manager, two container registries), the product's own bundle run with `target: artifact-store`, and
 * afterwards a look at what the store then holds. Nothing leaves the machine, and no account is needed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StandInArtifactStore, subscription, tenant } from '../test/azure/fake-azure.ts';
import { type StandIn, startStandIn } from '../test/azure/fake-server.ts';
import {
  contosoExample,
  contosoInput,
  contosoRepositories,
  contosoTag,
  fillWithContoso,
  makeContosoImage,
  storeTestApart,
} from '../test/support/contoso.ts';
import { bundle } from '../test/support/root.ts';
import { environmentWithHelm } from './demo-helm.ts';
import { startDemoRegistry } from './demo-registry.ts';

/** As `examples/contoso/cnf-input.jsonc` names them. */
const names = { group: 'contoso-publisher-rg', publisher: 'contoso-publisher', name: 'contoso-acr-store' };

if (spawnSync('openssl', ['version']).error !== undefined) {
  console.error(
    'The stand-in for Azure speaks HTTPS, and the program openssl, which makes its certificate, is not on PATH.',
  );
  process.exit(1);
}
const helmEnvironment = environmentWithHelm();
const azure = await startStandIn({ openStore: startDemoRegistry });
const folder = await mkdtemp(join(tmpdir(), 'chart-images-demo-'));
try {
  const store = await azure.addArtifactStore(names);
  const source = await azure.addRegistry('myregistry');
  await fillWithContoso(source.store.url, { store: storeTestApart });
  const inputFile = join(folder, 'cnf-input.jsonc');
  await writeFile(inputFile, await contosoInput([source.loginServer, `${source.loginServer}/test`]));
  const args = ['--target', 'artifact-store', '--push', '--publish-charts'];
  console.log(`$ chart-images --input-file cnf-input.jsonc ${args.join(' ')}\n`);
  const environment = { ...withoutAzure(helmEnvironment), ...publisherOf(azure), HTTPS_PROXY: azure.proxy };
  const code = await runBundle(['--input-file', inputFile, ...args, '--ca-file', azure.caFile], environment);
  const isWhole = await showStore(store);
  process.exitCode = code === 0 && isWhole ? 0 : 1;
} finally {
  await Promise.all([azure.stop(), rm(folder, { recursive: true, force: true })]);
}

/** The application that may publish and read the source, as a pipeline's environment has it. */
function publisherOf(azure: StandIn): NodeJS.ProcessEnv {
  const secret = azure.world.newSecret();
  const principal = azure.addPrincipal({ secret });
  azure.assign(principal, 'Contributor', `/subscriptions/${subscription}/resourceGroups/${names.group}`);
  for (const { resourceId } of azure.world.registries) azure.assign(principal, 'AcrPull', resourceId);
  return { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: principal.clientId, AZURE_CLIENT_SECRET: secret };
}

/** The user who runs the demo may be logged in to the real Azure, and behind a proxy. */
function withoutAzure(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^(azure_.*|(https?|all|no)_proxy)$/i.test(name));
  return Object.fromEntries(kept);
}

async function runBundle(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  // Not spawnSync: the stand-in lives in this process and has to answer meanwhile.
  const child = spawn(process.execPath, [bundle, ...args], { cwd: contosoExample, env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code;
}

/**
 * Says what the store holds of what its manifests list; true when that is all, and each image is the one of the source.
 */
async function showStore({ manifests, registry }: StandInArtifactStore): Promise<boolean> {
  const images = await Promise.all(
    contosoRepositories.map(async (name) => [`${name}:${contosoTag}`, (await makeContosoImage(name)).digest] as const),
  );
  const expected = new Map<string, string>(images);
  let isWhole = manifests.size > 0;
  for (const [manifest, { artifacts }] of manifests) {
    console.log(`\nThe artifact manifest ${manifest} lists ${artifacts.length} artifacts, and the store holds:`);
    for (const { artifactName, artifactVersion } of artifacts) {
      const place = `${artifactName}:${artifactVersion}`;
      const digest = await digestAt(`${registry.store.url}/v2/${artifactName}/manifests/${artifactVersion}`);
      isWhole &&= digest !== undefined && (expected.get(place) ?? digest) === digest;
      console.log(`  ${place}  ${digest ?? 'is not there'}`);
    }
  }
  console.log(
    isWhole
      ? '\nAll of them are there; the images have the digests of the source.'
      : '\nThe store is not as it should be.',
  );
  return isWhole;
}

async function digestAt(url: string): Promise<string | undefined> {
  const answer = await fetch(url, { method: 'HEAD' });
  return answer.headers.get('docker-content-digest') ?? undefined;
}
