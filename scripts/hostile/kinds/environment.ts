import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createAzureHost } from '../../../src/hosts/azure-host.ts';
import { detectHost } from '../../../src/hosts/detect-host.ts';
import { createGithubHost } from '../../../src/hosts/github-host.ts';
import { createTerminalHost } from '../../../src/hosts/terminal-host.ts';
import { azureVariable } from '../../../src/inputs/input-names.ts';
import { inputs as table } from '../../../src/inputs/input-table.ts';
import { readSettings } from '../../../src/inputs/read-settings.ts';
import { prototypeNames, words } from '../dictionary.ts';
import { FailedRun } from '../failed-run.ts';
import type { Opened } from '../kind.ts';
import { mutateText } from '../mutate-text.ts';
import { planted, user } from '../planted.ts';
import type { Random } from '../random.ts';
import { captured, processEnvironment } from '../runner.ts';

/** A value of the right form for each input that has one; the others get a text. */
const right: Readonly<Record<string, string>> = {
  charts: 'charts/*',
  'image-sources': 'registry.test/a, upstream',
  target: 'target.test/mirror',
  push: 'true',
  'fail-on': 'absent, unreadable',
  platforms: 'linux/amd64',
  shard: '2/5',
  'job-position': '1/5',
  concurrency: '8',
  'helm-version': '4.2.4',
  'kube-version': '1.31',
  set: 'a.b=c\nd=e',
  'registry-credentials': `registry.test ${user} ${planted.password}`,
  'base-ref': 'main',
  'lock-file': 'images.lock',
  namespace: 'default',
  'release-name': 'release',
  'plain-http': 'registry.test:5000',
};

type Variables = Record<string, string>;

/** Variables of a runner, an agent or a shell, and the inputs in them. */
export async function openEnvironment(folder: string): Promise<Opened> {
  mkdirSync(join(folder, 'charts'), { recursive: true });
  return {
    make(random) {
      const host = random.pick(['github', 'azure', 'terminal'] as const);
      const given = inputsOf(random);
      const args = host === 'terminal' ? Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]) : [];
      const env =
        host === 'terminal'
          ? { CHART_IMAGES_REGISTRY_CREDENTIALS: right['registry-credentials'] ?? '' }
          : variablesOf(host, given, random);
      return {
        input: JSON.stringify({ args, env }, null, 2),
        async run() {
          const endings: (() => void)[] = [];
          let name = 'none';
          let notes: readonly string[] = [];
          const { output, thrown } = await captured(async () => {
            const around = processEnvironment(folder, env, endings, args);
            name = detectHost(around);
            const opened =
              name === 'github'
                ? await createGithubHost(around)
                : name === 'azure'
                  ? await createAzureHost(around)
                  : createTerminalHost(around);
            const settings = await readSettings(opened.inputs, { workFolder: folder, host: opened.name });
            notes = settings.warnings;
          });
          for (const end of endings) end();
          rmSync(join(folder, 'tmp'), { recursive: true, force: true });
          if (thrown !== undefined) throw new FailedRun(thrown, [output]);
          return { outcome: name, texts: [output, ...notes] };
        },
      };
    },
  };
}

function inputsOf(random: Random): Variables {
  const given: Variables = { charts: 'charts/*', 'registry-credentials': right['registry-credentials'] ?? '' };
  for (let left = random.below(6); left > 0; left -= 1) {
    const { name } = random.pick(table);
    const value = right[name] ?? 'x';
    given[random.once(12) ? random.pick([...words, ...prototypeNames]) : name] = random.once(3)
      ? value
      : mutateText(value, random).slice(0, 8192);
  }
  return given;
}

function variablesOf(host: 'github' | 'azure', given: Variables, random: Random): Variables {
  const inputs = Object.entries(given).map(([name, value]) => [
    host === 'github' ? `INPUT_${name.replaceAll(' ', '_').toUpperCase()}` : azureVariable(name),
    value,
  ]);
  const runner =
    host === 'github'
      ? { GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/pull/1/merge', GITHUB_BASE_REF: 'main' }
      : {
          TF_BUILD: 'True',
          SYSTEM_JOBPOSITIONINPHASE: '1',
          SYSTEM_TOTALJOBSINPHASE: '2',
          ENDPOINT_AUTH_x: planted.variable,
        };
  const env: Variables = { ...runner, ...Object.fromEntries(inputs) };
  const names = Object.keys(env).filter((name) => !name.startsWith('INPUT_'));
  if (random.once(2)) env[random.pick(names)] = mutateText('1', random).slice(0, 4096);
  return env;
}
