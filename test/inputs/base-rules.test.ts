/** Rules of a change and of its base, read from real git repositories. */
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readBaseRules } from '../../src/inputs/base-rules.ts';
import type { RawInputs } from '../../src/inputs/raw-inputs.ts';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { openBaseCheckout } from '../../src/resolve/diff/base-checkout.ts';
import { type Change, type Checkout, gitEnvironment, makeRepository } from '../support/checkout.ts';
import { podChart } from '../support/pod-chart.ts';

/** The branch `main`, and `change`, checked out, which begins at it. */
async function change(main: Change, own: Change): Promise<Checkout> {
  const checkout = await makeRepository();
  await checkout.commit({ ...podChart('team/web:1.0.0'), ...main });
  await checkout.git('switch', '--quiet', '--create', 'change');
  await checkout.commit(own);
  return checkout;
}

async function judge({ folder }: Checkout, given: RawInputs = {}) {
  const signal = new AbortController().signal;
  const name = { label: 'main', names: ['main'], givenBy: 'event' } as const;
  const base = await openBaseCheckout(name, { environment: { ...gitEnvironment }, folder, signal });
  const rules = await readBaseRules(given, base, folder);
  return { rules, messages: rules.findings.map(({ message }) => message) };
}

const config = (...lines: readonly string[]) => ({ 'chart-images.yaml': `${lines.join('\n')}\n` });
const charts = { charts: 'charts/app' };

describe('rules of chart-images.yaml', () => {
  const policies = [
    ['fail-on-new: true', 'sets fail-on-new: true'],
    ['platforms: [linux/arm64]', 'sets platforms: linux/arm64'],
    ['optional-images: true', 'sets optional-images: true'],
    ['helm-version: "3.14.0"', 'sets helm-version: 3.14.0'],
    ['target: evil.example/mirror', 'sets target: evil.example/mirror'],
    ['on-existing: replace', 'sets on-existing: replace'],
    ['attachments: none', 'sets attachments: none'],
    ['image-sources: [evil.example]', 'sets image-sources: evil.example'],
    ['placeholder-registries: [core]', 'sets placeholder-registries: core'],
    ['floating-tags: []', 'sets floating-tags: '],
    ['paths: [{ kind: Fleet, path: spec.image }]', 'adds 1 entry to paths (kind Fleet, path spec.image)'],
    ['require: [a, b]', 'adds 2 entries to require (a; b)'],
  ] as const;

  test.each(policies)('%s of a change is a finding, and does not hold', async (line, words) => {
    const checkout = await change(config('fail-on: [absent]'), config('fail-on: [absent]', line));
    const { rules, messages } = await judge(checkout, charts);
    expect(messages).toEqual([`This change ${words}; the rules of main were used.`]);
    expect(rules.findings[0]).toMatchObject({ severity: 'warning', file: 'chart-images.yaml', line: 2 });
    const settings = await readSettings(charts, { workFolder: checkout.folder, rules });
    const unchanged = await readSettings({ ...charts, config: 'none' }, { workFolder: checkout.folder });
    expect({ ...settings, failOn: [...settings.failOn.keys()] }).toEqual({ ...unchanged, failOn: ['absent'] });
  });

  test('what charts are rendered with is the change’s own', async () => {
    const checkout = await change(config('namespace: "a"'), config('namespace: "b"', 'kube-version: "1.31"'));
    const { rules, messages } = await judge(checkout, charts);
    expect(messages).toEqual([]);
    const { helmTemplate: template } = await readSettings(charts, { workFolder: checkout.folder, rules });
    expect(template).toMatchObject({ namespace: 'b', kubeVersion: '1.31' });
  });

  test('extra images are looked for as both have them, and one that is taken out is a finding', async () => {
    const checkout = await change(
      config('extra-images: [r.io/a:1, r.io/b:1]'),
      config('extra-images: [r.io/b:1, r.io/c:1]'),
    );
    const { rules, messages } = await judge(checkout, charts);
    expect(rules.policy.extraImages.map(({ reference }) => reference.repository)).toEqual(['a', 'b', 'c']);
    expect(messages).toEqual([
      'This change removes 1 entry from extra-images (r.io/a:1); those of main were checked too.',
    ]);
  });

  test('a chart or a value set that is taken out is a notice', async () => {
    const checkout = await change(
      config(
        'charts:',
        '  - { chart: charts/app, valueSets: [{ name: small }, { name: large }] }',
        '  - chart: charts/b',
      ),
      config('charts:', '  - { chart: charts/app, valueSets: [{ name: small }] }'),
    );
    const { rules, messages } = await judge(checkout);
    expect(messages).toEqual([
      'This change removes 2 entries from charts (charts/app with large; charts/b); removed entries were not checked.',
    ]);
    expect(rules.findings[0]?.severity).toBe('notice');
    // Where the workflow names the charts, those of the file are not used anyway.
    expect((await judge(checkout, charts)).messages).toEqual([]);
  });

  test('a chart that an added exclusion leaves out is a notice', async () => {
    const checkout = await change(
      config('charts:', '  - chart: charts/*'),
      config('charts:', '  - chart: charts/*', '  - chart: "!charts/b"'),
    );
    expect((await judge(checkout)).messages).toEqual([
      'This change adds 1 entry to charts (!charts/b); charts that it excludes were not checked.',
    ]);
  });

  test('values that an added entry sets for a chart that the workflow names are a notice', async () => {
    const entry = '  - { chart: charts/a, set: { debug: false } }';
    const checkout = await change(config('charts:', entry), config('charts:', entry, entry.replace('/a', '/b')));
    expect((await judge(checkout, charts)).messages).toEqual([]);
    const { rules, messages } = await judge(checkout, { charts: 'charts/*' });
    expect(messages).toEqual([
      'This change sets values in chart-images.yaml for charts/b; a chart that a pattern of the input charts matches was rendered with them.',
    ]);
    expect(rules.findings[0]).toMatchObject({ severity: 'notice', file: 'chart-images.yaml', line: 3 });
  });

  test('an input that the workflow writes is what was used', async () => {
    const checkout = await change(config('fail-on: [absent]'), config('fail-on: none'));
    const { rules } = await judge(checkout, { ...charts, 'fail-on': 'absent' });
    expect(rules.findings).toMatchObject([
      { severity: 'notice', message: 'This change sets fail-on: none (main: absent); the input fail-on was used.' },
    ]);
  });

  test('the order of findings means nothing, that of sources does', async () => {
    const checkout = await change(
      config('fail-on: [absent, unknown]', 'image-sources: [a.io, b.io]'),
      config('fail-on: [unknown, absent]', 'image-sources: [b.io, a.io]'),
    );
    expect((await judge(checkout, charts)).messages).toEqual([
      'This change sets image-sources: b.io, a.io (main: a.io, b.io); the rules of main were used.',
    ]);
  });

  test('an old commit with weak rules does not bring them back', async () => {
    const checkout = await change(config('fail-on: none'), {});
    await checkout.git('switch', '--quiet', 'main');
    await checkout.commit(config('fail-on: [absent]'));
    await checkout.git('switch', '--quiet', 'change');
    const { rules, messages } = await judge(checkout, charts);
    expect(rules.inputs).toEqual({ 'fail-on': 'absent' });
    // The change has not touched them.
    expect(messages).toEqual([]);
  });

  test('a commit that the checkout replaces is read as it was made', async () => {
    const checkout = await change(config('fail-on: [absent]'), config('fail-on: none'));
    await checkout.git('replace', 'main', 'change');
    expect((await judge(checkout, charts)).rules.inputs).toEqual({ 'fail-on': 'absent' });
  });

  test('a rule of the base is at its line in the change', async () => {
    const rule = 'ignore: [{ image: r.io/a, reason: b }]';
    const checkout = await change(config(rule), config('# one', '# two', rule));
    const { rules } = await judge(checkout, charts);
    expect(rules.policy.ignores.map(({ location }) => location.line)).toEqual([3]);
  });

  test('a link to the file is followed in the base too', async () => {
    const checkout = await makeRepository();
    await symlink('rules/shared.yaml', join(checkout.folder, 'chart-images.yaml'));
    await checkout.commit({ ...podChart('team/web:1.0.0'), 'rules/shared.yaml': 'fail-on: [absent]\n' });
    await checkout.git('switch', '--quiet', '--create', 'change');
    await checkout.commit({ 'rules/shared.yaml': 'fail-on: none\n' });
    const { rules, messages } = await judge(checkout, charts);
    expect(rules.inputs).toEqual({ 'fail-on': 'absent' });
    expect(messages).toEqual(['This change sets fail-on: none (main: absent); the rules of main were used.']);
  });

  test.each([
    ['is not valid', 'fail-on: [', 'Cannot read chart-images.yaml of main: '],
    ['is a link out of the repository', undefined, 'Cannot read chart-images.yaml of main: '],
  ])('a file of the base that %s leaves the change’s own rules, which is a finding', async (_, text, words) => {
    const checkout = await makeRepository();
    if (text === undefined) await symlink('/etc/hostname', join(checkout.folder, 'chart-images.yaml'));
    await checkout.commit({
      ...podChart('team/web:1.0.0'),
      ...(text === undefined ? {} : { 'chart-images.yaml': text }),
    });
    await checkout.git('switch', '--quiet', '--create', 'change');
    await checkout.commit({ 'chart-images.yaml': undefined });
    await checkout.commit(config('fail-on: none'));
    const { rules, messages } = await judge(checkout, charts);
    expect(rules.inputs).toEqual({ 'fail-on': 'none' });
    expect(messages).toEqual([expect.stringContaining(words)]);
    expect(messages[0]).toMatch(/; the rules of this change were used\.$/);
  });

  test('a file of a name that the workflow gives and the base does not have has its own rules', async () => {
    const checkout = await change({}, { 'rules.yaml': 'fail-on: none\n' });
    const { rules, messages } = await judge(checkout, { ...charts, config: 'rules.yaml' });
    expect(rules.inputs).toEqual({ 'fail-on': 'none' });
    expect(messages).toEqual(['main has no rules.yaml; the rules of this change were used.']);
  });

  test('thousands of rules and a long one make one finding that can be read', async () => {
    const many = Array.from({ length: 4_000 }, (_, index) => `  - { image: "r.io/i${index}", reason: r }`);
    const checkout = await change(
      config('ignore:', ...many),
      config('ignore:', `  - { image: "${'x'.repeat(5_000)}", reason: r }`),
    );
    const { rules, messages } = await judge(checkout, charts);
    expect(rules.policy.ignores).toHaveLength(4_000);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain('removes 4000 entries from ignore');
    expect(messages[0]?.length).toBeLessThan(500);
  });
});

describe('rules of cnf-input.jsonc', () => {
  const cnf = (more: Readonly<Record<string, unknown>>) => ({
    'cnf-input.jsonc': JSON.stringify({
      publisher_name: 'contoso',
      acr_artifact_store_name: 'store',
      nf_name: 'nf',
      version: '1.0.0',
      image_sources: ['a.io'],
      helm_packages: [{ name: 'app', path_to_chart: 'charts/app' }],
      ...more,
    }),
  });
  const given = { 'input-file': 'cnf-input.jsonc' };

  test('sources and the store are those of the base, the version is the change’s own', async () => {
    const own = { image_sources: ['evil.example'], acr_artifact_store_name: 'other', version: '2.0.0' };
    const checkout = await change(cnf({}), cnf(own));
    const { rules, messages } = await judge(checkout, given);
    expect(messages).toEqual([
      'This change sets image_sources: evil.example (main: a.io); the rules of main were used.',
      'This change sets acr_artifact_store_name: other (main: store); the rules of main were used.',
    ]);
    const inputs = { ...given, target: 'artifact-store' };
    const settings = await readSettings(inputs, { workFolder: checkout.folder, rules });
    expect(settings.sources.map(({ text }) => text)).toEqual(['a.io']);
    expect(settings.artifactStore).toMatchObject({ store: 'store', manifest: 'nf-acr-manifest-2-0-0' });
  });

  test('a package that is taken out is a notice', async () => {
    const two = ['charts/app', 'charts/b'].map((path_to_chart, index) => ({ name: `p${index}`, path_to_chart }));
    const checkout = await change(cnf({ helm_packages: two }), cnf({}));
    expect((await judge(checkout, given)).messages).toEqual([
      'This change removes 1 entry from helm_packages (charts/b); removed entries were not checked.',
    ]);
  });
});
