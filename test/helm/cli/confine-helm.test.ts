/** Linux holds helm to the files that it needs: what a rule for charts might miss is still out of its reach. */
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { confinable } from '../../../src/core/process/landlock.ts';
import type { HelmContext } from '../../../src/helm/cli/helm-context.ts';
import { type HelmCommand, offlineLimits, runHelm } from '../../../src/helm/cli/run-helm.ts';
import { chartFiles, type Files, helms, writeFiles } from '../../support/charts.ts';
import { startFileServer } from '../../support/file-server.ts';
import { testFolder } from '../../support/folder.ts';
import { type HelmSetting, helmSetting } from './helm-fixtures.ts';

/** Elsewhere helm runs without it, and there is nothing to see. */
const linux = process.platform === 'linux';

async function template(setting: HelmSetting, helm: string, files: Files, more: readonly string[] = []) {
  const { access } = setting;
  await writeFiles(join(setting.work, 'web'), chartFiles('web', files));
  return await run(helm, ['template', ...more, '--', join(setting.work, 'web')], access);
}

async function run(path: string, helmArguments: readonly string[], access: HelmContext, reads: readonly string[] = []) {
  const home = join(access.temporary, 'home');
  const command: HelmCommand = { arguments: helmArguments, reads, home, limits: offlineLimits };
  return await runHelm({ path }, command, access);
}

describe.skipIf(!linux).each(helms)('confined $title', ({ helm }) => {
  it('is confined on every Linux that these tests run on', async () => {
    expect(await confinable(helm.path)).toBeUndefined();
  });

  it('reads its chart and no other file of the machine, by link, value file or schema', async () => {
    const setting = await helmSetting();
    const secret = join(await testFolder(), 'secret.yaml');
    await writeFile(secret, '{"properties":{"image":{"type":"number"}}}');
    expect((await template(setting, helm.path, {})).stdout).toContain('registry.example/app:1.0.0');
    const byValues = await template(setting, helm.path, {}, ['--values', secret]);
    expect(byValues.stderr).toContain('permission denied');
    const bySchema = await template(setting, helm.path, { 'values.schema.json': `{"$ref":"file://${secret}"}` });
    expect(bySchema.stderr).toContain('permission denied');
    expect(bySchema.stderr).not.toContain('want number');
    for (const target of [`/proc/${process.pid}/environ`, '/etc/hostname', secret]) {
      const chart = join(await testFolder(), 'linked');
      await writeFiles(chart, chartFiles('linked'));
      await symlink(target, join(chart, 'link'));
      const result = await run(helm.path, ['template', '--', chart], setting.access, [chart]);
      expect(result.stderr, target).toContain('permission denied');
    }
  });

  it('asks no host, this machine included', async () => {
    const server = await startFileServer({ files: { '/schema.json': '{}' } });
    const schema = { 'values.schema.json': `{"$ref":"${server.url}/schema.json"}` };
    const result = await template(await helmSetting(), helm.path, schema);
    expect(result.stderr).toContain('permission denied');
    expect(server.requests).toEqual([]);
  });

  it('writes temporary files and nothing else', async () => {
    const setting = await helmSetting();
    const outside = await testFolder();
    const result = await template(setting, helm.path, {}, ['--output-dir', outside]);
    expect(result.stderr).toContain('permission denied');
    expect(await readdir(outside)).toEqual([]);
    const inside = join(setting.access.temporary, 'output');
    await mkdir(inside);
    expect((await template(setting, helm.path, {}, ['--output-dir', inside])).exitCode).toBe(0);
    expect(await readdir(inside)).toEqual(['web']);
  });

  it('reads what a chart is linked to within its checkout', async () => {
    const setting = await helmSetting();
    const checkout = await testFolder();
    await mkdir(join(checkout, '.git'));
    await writeFiles(checkout, { 'common/image.yaml': 'image: registry.example/common:1\n' });
    const chart = join(checkout, 'charts/web');
    await writeFiles(chart, chartFiles('web', { 'templates/pod.yaml': '{{ .Files.Get "link/image.yaml" }}' }));
    await symlink('../../common', join(chart, 'link'));
    const result = await run(helm.path, ['template', '--', chart], setting.access, [chart]);
    expect(result.stdout).toContain('registry.example/common:1');
  });
});

it('a helm that is a script runs as it is, and the log says so', async () => {
  const setting = await helmSetting();
  const script = join(await testFolder(), 'helm');
  await writeFile(script, '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
  const { stdout } = await run(script, ['version'], setting.access);
  expect(stdout).toBe('version\n');
  expect(setting.log.lines.join('\n')).toContain('helm runs without Landlock: ');
});
