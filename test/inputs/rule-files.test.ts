/** Files with rules that a pull request renames, together with the input that names them. */
import { expect, test } from 'vitest';
import { runChange } from '../support/change-run.ts';
import { chart, checkOut, makePullRequest, onHosts, variablesFor } from '../support/pull-request.ts';

const ignoring = (...images: readonly string[]) =>
  `# Rules of this repository.\nignore:\n${images.map((image) => `  - image: ${image}\n    reason: As agreed.\n`).join('')}`;

const input = (source: string) => `{
  // A network function.
  "nf_name": "app",
  "version": "1.0.0",
  "publisher_name": "contoso",
  "publisher_resource_group_name": "contoso-rg",
  "acr_artifact_store_name": "contoso-store",
  "location": "westeurope",
  "image_sources": ["${source}"],
  "helm_packages": [{ "name": "app", "path_to_chart": "../charts/app", "default_values": "" }]
}
`;

const renamed = [
  {
    file: 'a configuration file',
    inputs: { config: 'config/images.yaml', charts: 'charts/*' },
    before: { 'ci/images.yaml': ignoring('kept') },
    change: { 'ci/images.yaml': undefined, 'config/images.yaml': ignoring('kept', 'a') },
  },
  {
    file: 'an input file',
    inputs: { 'input-file': 'config/input.jsonc', charts: '' },
    before: { 'ci/input.jsonc': input('trusted.example') },
    change: { 'ci/input.jsonc': undefined, 'config/input.jsonc': input('evil.example') },
  },
] as const;

for (const { file, inputs, before, change } of renamed) {
  test.each(onHosts)(`the rules of the base hold in ${file} that the change renames and edits, on %s`, async (host) => {
    const pull = await makePullRequest({
      before: { ...chart('app', 'a:1'), ...before },
      change: { ...chart('app', 'a:2'), ...change },
    });
    const { folder: work } = await checkOut(pull, pull.merge, 2);
    const run = await runChange({ host, work, env: await variablesFor(host, pull), inputs });
    const changes = run.report.findings.filter(({ code }) => code === 'policy-changed').map(({ message }) => message);
    const [old = '', now = ''] = Object.keys(change);
    expect(changes, run.log).toEqual([
      `This change renames ${old} to ${now}; the rules of main in ${old} were used.`,
      expect.stringContaining('the rules of main were used'),
    ]);
  });
}

test('a file with rules that is new in the change, and no rename, is used with a finding that says so', async () => {
  const pull = await makePullRequest({
    before: chart('app', 'a:1'),
    change: { 'config/images.yaml': ignoring('a') },
  });
  const { folder: work } = await checkOut(pull, pull.merge, 2);
  const inputs = { config: 'config/images.yaml' };
  const run = await runChange({ host: 'github', work, env: await variablesFor('github', pull), inputs });
  expect(run.report.findings.map(({ message }) => message)).toEqual([
    'main has no config/images.yaml; the rules of this change were used.',
  ]);
});
