/** Kinds whose input is one file that the program reads. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { readCnfInput } from '../../../src/inputs/cnf-input.ts';
import { readConfig } from '../../../src/inputs/config.ts';
import { dockerConfigLocations } from '../../../src/registry/credentials/docker-config-locations.ts';
import { dockerConfigProvider } from '../../../src/registry/credentials/docker-config-provider.ts';
import { resolveBaseRef } from '../../../src/resolve/diff/base-ref.ts';
import type { Kind, Seen } from '../kind.ts';
import { mutateBytes } from '../mutate-text.ts';
import { type Json, mutateTree } from '../mutate-tree.ts';
import { planted, user } from '../planted.ts';
import type { Random } from '../random.ts';

interface FileKind {
  /** Relative to the folder of the worker. */
  readonly file: string;
  readonly seeds: readonly Json[];
  readonly write: (tree: Json) => string;
  /** Files that the seeds name. */
  readonly beside?: readonly string[];
  readonly run: (folder: string) => Promise<Seen>;
}

function fileKind({ file, seeds, write, beside = [], run }: FileKind): Kind['open'] {
  return async (folder) => {
    const path = join(folder, file);
    for (const each of [path, ...beside.map((other) => join(folder, other))]) {
      mkdirSync(dirname(each), { recursive: true });
      writeFileSync(each, '');
    }
    return {
      make(random) {
        const input = inputOf(seeds, write, random);
        return {
          input,
          run: async () => {
            writeFileSync(path, input);
            return await run(folder);
          },
        };
      },
    };
  };
}

/** A tree that is another one, as text or with its text broken too. */
function inputOf(seeds: readonly Json[], write: (tree: Json) => string, random: Random): Buffer {
  const seed = random.pick(seeds);
  const text = write(random.once(3) ? seed : mutateTree(seed, random));
  return random.once(2) ? Buffer.from(text) : mutateBytes(text, random);
}

const json = (tree: Json): string => JSON.stringify(tree, null, 2);

function isLarge(tree: Json, levels: number): boolean {
  if (typeof tree === 'string') return tree.length > 4096;
  if (typeof tree !== 'object' || tree === null) return false;
  return levels === 0 || Object.values(tree).some((child: Json) => isLarge(child, levels - 1));
}

export const openCnfInput = fileKind({
  file: 'cnf-input.jsonc',
  write: (tree) => `// The input of az aosm.\n${json(tree)}\n`,
  beside: ['charts/contoso/Chart.yaml', 'values.yaml'],
  seeds: [
    {
      location: 'uksouth',
      publisher_name: 'contoso-publisher',
      publisher_resource_group_name: 'contoso-rg',
      acr_artifact_store_name: 'contoso-acr-store',
      nf_name: 'contoso',
      version: '1.0.0',
      image_sources: ['myregistry.azurecr.io', 'myregistry.azurecr.io/test'],
      helm_packages: [
        { name: 'contoso', path_to_chart: 'charts/contoso', default_values: 'values.yaml', depends_on: [] },
        {
          name: 'other',
          path_to_chart: 'oci://ghcr.io/contoso/chart:1.0.0',
          path_to_mappings: '',
          depends_on: ['contoso'],
        },
      ],
    },
    { images: { source_registry: 'myregistry.azurecr.io', source_registry_namespace: 'a/b' }, helm_packages: [] },
  ],
  run: async (folder) => {
    const named = await readCnfInput('cnf-input.jsonc', folder);
    const store = named.artifactStore?.();
    return { outcome: 'taken', texts: [...named.warnings, JSON.stringify(store ?? null)] };
  },
});

export const openConfig = fileKind({
  file: 'ci/chart-images.yaml',
  // JSON is YAML, and the writer of YAML has no stack for deep trees and no end of time for long texts.
  write: (tree) => (isLarge(tree, 200) ? json(tree) : stringify(tree, { aliasDuplicateObjects: false })),
  beside: ['ci/a.yaml', 'charts/contoso/Chart.yaml'],
  seeds: [
    {
      charts: [
        {
          chart: '../charts/contoso',
          values: ['a.yaml'],
          set: { 'image.tag': '1.2', list: 'a,b\\c', replicas: 3, debug: true, nothing: null },
          valueSets: [{ name: 'small' }, { name: 'large', values: ['a.yaml'], set: ['replicas=5'] }],
        },
        { chart: 'oci://ghcr.io/contoso/chart:1.0.0' },
      ],
      'image-sources': ['myregistry.azurecr.io/test', 'upstream'],
      ignore: [{ image: 'docker.io/library/*', reason: 'tests only', until: '2030-01-01' }],
      require: ['ghcr.io/contoso/*'],
      'extra-images': ['quay.io/a/b:1'],
      paths: [{ kind: 'Prometheus', path: 'spec.image' }],
      'fail-on': ['absent', 'unreadable'],
      platforms: ['linux/amd64', 'linux/arm64'],
      'on-existing': 'skip',
      'optional-images': true,
    },
  ],
  run: async (folder) => {
    const named = await readConfig('ci/chart-images.yaml', folder);
    return { outcome: 'taken', texts: [...named.warnings] };
  },
});

const auth = Buffer.from(`${user}:${planted.password}`).toString('base64');

export const openDockerConfig = fileKind({
  file: '.docker/config.json',
  write: json,
  seeds: [
    {
      auths: {
        'registry.test': { auth },
        'https://index.docker.io/v1/': { username: user, password: planted.password },
        'registry.test/team': { identitytoken: planted.identity },
        'registry.test:5000': { registrytoken: planted.token },
      },
      HttpHeaders: { 'User-Agent': planted.variable },
      credHelpers: {},
    },
    { auths: { 'registry.test': { auth: planted.password } } },
  ],
  run: async (folder) => {
    const texts: string[] = [];
    const tell = (line: string) => void texts.push(line);
    const log = { debug: tell, info: tell, warning: tell };
    const processEnvironment = { environment: { PATH: folder }, homeFolder: folder };
    const signal = AbortSignal.timeout(60_000);
    let found = 'no login';
    for (const place of dockerConfigLocations(processEnvironment)) {
      const step = dockerConfigProvider(place, { environment: processEnvironment.environment, log, signal });
      for (const [host, repository] of [
        ['registry.test', 'team/a'],
        ['docker.io', undefined],
        ['registry.test:5000', undefined],
      ] as const) {
        const { credential, detail } = await step.lookUp(host, repository);
        tell(detail);
        if (credential.kind !== 'none') found = 'a login';
      }
    }
    return { outcome: found, texts };
  },
});

export const openEventFiles = fileKind({
  file: 'event.json',
  write: json,
  seeds: [
    {
      action: 'opened',
      number: 7,
      pull_request: {
        base: { sha: 'a'.repeat(40), ref: 'main' },
        head: { sha: 'b'.repeat(40), ref: 'change', repo: { fork: true } },
      },
    },
    { action: 'checks_requested', merge_group: { base_sha: 'c'.repeat(40), base_ref: 'refs/heads/main' } },
    { ref: 'refs/heads/main', commits: [{ id: 'd'.repeat(40), message: 'change' }] },
  ],
  run: async (folder) => {
    const base = await resolveBaseRef(undefined, { GITHUB_EVENT_PATH: join(folder, 'event.json') });
    return { outcome: base === undefined ? 'no base' : 'a base', texts: [JSON.stringify(base ?? null)] };
  },
});
