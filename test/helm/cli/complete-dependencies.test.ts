import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { renderEach } from '../../../src/helm/cli/render-charts.ts';
import { chartFiles, type Files, helms, packedChart, writeFiles } from '../../support/charts.ts';
import { faultOf, faultsOf } from '../../support/faults.ts';
import { startFileServer } from '../../support/file-server.ts';
import { testFolder } from '../../support/folder.ts';
import { inTurn } from '../../support/matrix.ts';
import { outputOf } from '../../support/program.ts';
import { helmSetting, noOptions } from './helm-fixtures.ts';

const imagesOf = (text: string | undefined) =>
  [...(text ?? '').matchAll(/image: "?([^"\s}]+)/g)].map(([, image]) => image).sort();

/** A chart of one name and version whose pod has an image of that name and version. */
function chartOf(name: string, version = '1.0.0', dependencies = '', files: Files = {}): Files {
  const list = dependencies === '' ? '' : `dependencies:\n${dependencies}`;
  return chartFiles(name, {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\n${list}`,
    'values.yaml': `image: registry.example/${name}:${version}\n`,
    ...files,
  });
}

const packed = (name: string, version = '1.0.0', dependencies = '') =>
  packedChart(name, chartOf(name, version, dependencies));

const on = (name: string, repository: string, rest = 'version: 1.0.0') =>
  `- { name: ${name}, repository: "${repository}", ${rest} }\n`;

const eightWithAlias = 'version: 8.x.x, alias: store, condition: store.enabled';

async function cacheServer() {
  const eight = await packed('cache', '8.1.0');
  return await startFileServer({
    files: (url) => ({
      '/index.yaml': `apiVersion: v1\nentries:\n  cache:\n  - { apiVersion: v2, name: cache, version: 8.1.0, urls: ["${url}/cache-8.1.0.tgz"] }\n`,
      '/cache-8.1.0.tgz': eight,
    }),
  });
}

describe.each(inTurn(helms))('dependencies of a chart with $title', ({ helm, it }) => {
  it('are fetched in the version that Chart.yaml asks for, with alias and condition, when charts/ has another one', async () => {
    const server = await cacheServer();
    const { work, chart, render } = await helmSetting({ named: [server.host] });
    const files = chartOf('web', '1.0.0', on('cache', server.url, eightWithAlias));
    await writeFiles(join(work, 'web'), files);
    await mkdir(join(work, 'web/charts'));
    await writeFile(join(work, 'web/charts/cache-7.0.0.tgz'), await packed('cache', '7.0.0'));
    const [enabled] = await render(helm, await chart('web'));
    expect(imagesOf(enabled?.text)).toEqual(['registry.example/cache:8.1.0', 'registry.example/web:1.0.0']);
    expect(enabled?.text).toContain('web/charts/store/templates/pod.yaml');
    expect(enabled?.findings).toMatchObject([
      {
        code: 'dependency-mismatch',
        file: 'web/Chart.yaml',
        line: 5,
        message: expect.stringContaining('cache-7.0.0.tgz'),
      },
    ]);
    const set = { name: 'default', valueFiles: [], set: ['store.enabled=false'] };
    const [disabled] = await render(helm, await chart('web', set));
    expect(imagesOf(disabled?.text)).toEqual(['registry.example/web:1.0.0']);
  });

  it('in a wrong version fail the run at their line when the right one cannot be fetched, and the rest is rendered', async () => {
    const { work, chart, access } = await helmSetting({ named: ['127.0.0.1:9'] });
    await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', on('cache', 'http://127.0.0.1:9', eightWithAlias)));
    await mkdir(join(work, 'web/charts'));
    await writeFile(join(work, 'web/charts/cache-7.0.0.tgz'), await packed('cache', '7.0.0'));
    const { renderings, errors } = await renderEach(helm, [await chart('web')], noOptions, access);
    expect(errors).toMatchObject([{ code: 'chart-pull', location: { file: 'web/Chart.yaml', line: 5 } }]);
    expect(errors[0]?.message).toContain('charts/ has cache-7.0.0.tgz (7.0.0)');
    expect(imagesOf(renderings[0]?.text)).toEqual(['registry.example/cache:7.0.0', 'registry.example/web:1.0.0']);
  });

  it('that cannot be fetched at all fail the run at their line, and the rest is rendered', async () => {
    const { work, chart, access } = await helmSetting({ named: ['127.0.0.1:9'] });
    const list = on('cache', 'http://127.0.0.1:9', eightWithAlias) + on('db', 'file://../db');
    await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', list));
    await writeFiles(join(work, 'db'), chartOf('db'));
    const { renderings, errors } = await renderEach(helm, [await chart('web')], noOptions, access);
    expect(errors).toMatchObject([{ code: 'chart-pull', location: { file: 'web/Chart.yaml', line: 5 } }]);
    expect(imagesOf(renderings[0]?.text)).toEqual(['registry.example/db:1.0.0', 'registry.example/web:1.0.0']);
  });

  it('without which the chart does not render are the only error of the chart', async () => {
    const { work, chart, access } = await helmSetting({ named: ['127.0.0.1:9'] });
    const library = { 'templates/x.yaml': '{{ include "cache.labels" . }}\n' };
    await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', on('cache', 'http://127.0.0.1:9'), library));
    const { renderings, errors } = await renderEach(helm, [await chart('web')], noOptions, access);
    expect([renderings.length, errors.map(({ code }) => code)]).toEqual([0, ['chart-pull']]);
  });

  it.each(['Chart.lock', 'requirements.lock'])(
    'locked in an older version by %s fail the run at their line',
    async (lock) => {
      const { work, chart, render } = await helmSetting();
      const isOld = lock === 'requirements.lock';
      const list = on('cache', 'https://charts.example', 'version: 8.x.x');
      const locked = `dependencies:\n${on('cache', 'https://charts.example', 'version: 7.0.0')}digest: sha256:00\ngenerated: "2026-01-01T00:00:00Z"\n`;
      const files = isOld
        ? { 'Chart.yaml': 'apiVersion: v1\nname: web\nversion: 1.0.0\n', 'requirements.yaml': `dependencies:\n${list}` }
        : { 'Chart.yaml': `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n${list}` };
      await writeFiles(join(work, 'web'), chartFiles('web', { ...files, [lock]: locked }));
      await mkdir(join(work, 'web/charts'));
      await writeFile(join(work, 'web/charts/cache-7.0.0.tgz'), await packed('cache', '7.0.0'));
      expect(await faultOf(render(helm, await chart('web')))).toMatchObject({
        code: 'dependency-missing',
        message: expect.stringContaining('out of sync'),
        advice: expect.stringContaining('helm dependency update'),
        location: isOld ? { file: 'web/requirements.yaml', line: 2 } : { file: 'web/Chart.yaml', line: 5 },
      });
    },
  );

  it('in Chart.yaml that an old requirements.yaml hides from helm fail the run at their line, and the rest is rendered', async () => {
    const { work, chart, access } = await helmSetting();
    const web = chartOf('web', '1.0.0', on('cache', 'file://../cache') + on('db', 'file://../db'));
    const requirements = `dependencies:\n${on('cache', 'file://../cache')}`;
    await writeFiles(join(work, 'web'), { ...web, 'requirements.yaml': requirements });
    await writeFiles(join(work, 'web/charts/cache'), chartOf('cache'));
    await writeFiles(join(work, 'built'), { ...web, 'requirements.yaml': requirements });
    for (const name of ['cache', 'db']) await writeFiles(join(work, name), chartOf(name));
    for (const name of ['web', 'built']) {
      const { renderings, errors } = await renderEach(helm, [await chart(name)], noOptions, access);
      expect(errors).toMatchObject([
        {
          code: 'dependency-missing',
          location: { file: `${name}/Chart.yaml`, line: 6 },
          message: expect.stringContaining('requirements.yaml'),
        },
      ]);
      expect(imagesOf(renderings[0]?.text)).toEqual(['registry.example/cache:1.0.0', 'registry.example/web:1.0.0']);
    }
  });

  it('are built deepest first: the folder of a folder of an umbrella', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'umbrella'), chartOf('umbrella', '1.0.0', on('api', 'file://../api')));
    await writeFiles(join(work, 'api'), chartOf('api', '1.0.0', on('db', 'file://../db')));
    await writeFiles(join(work, 'db'), chartOf('db'));
    const [rendering] = await render(helm, await chart('umbrella'));
    expect(imagesOf(rendering?.text)).toEqual([
      'registry.example/api:1.0.0',
      'registry.example/db:1.0.0',
      'registry.example/umbrella:1.0.0',
    ]);
  });

  it('of a chart in a folder are named at its own line when they cannot be found', async () => {
    const { work, chart, access } = await helmSetting();
    await writeFiles(join(work, 'umbrella'), chartOf('umbrella', '1.0.0', on('api', 'file://../api')));
    await writeFiles(join(work, 'api'), chartOf('api', '1.0.0', on('db', 'file://../db')));
    const { renderings, errors } = await renderEach(helm, [await chart('umbrella')], noOptions, access);
    expect(errors).toMatchObject([{ code: 'dependency-missing', location: { file: 'api/Chart.yaml', line: 5 } }]);
    expect(imagesOf(renderings[0]?.text)).toEqual(['registry.example/api:1.0.0', 'registry.example/umbrella:1.0.0']);
  });

  it('that lead in a circle are reported', async () => {
    const { work, chart, access } = await helmSetting();
    await writeFiles(join(work, 'one'), chartOf('one', '1.0.0', on('two', 'file://../two')));
    await writeFiles(join(work, 'two'), chartOf('two', '1.0.0', on('one', 'file://../one')));
    const { errors } = await renderEach(helm, [await chart('one')], noOptions, access);
    expect(errors).toMatchObject([{ code: 'dependency-missing', location: { file: 'two/Chart.yaml', line: 5 } }]);
    expect(errors[0]?.advice).toContain('circle');
  });

  it('of an unpacked subchart are built, relative to the subchart', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', on('mid', 'https://charts.example')));
    await writeFiles(join(work, 'web/charts/mid'), chartOf('mid', '1.0.0', on('db', 'file://../../../libs/db')));
    await writeFiles(join(work, 'libs/db'), chartOf('db'));
    const [rendering] = await render(helm, await chart('web'));
    expect(imagesOf(rendering?.text)).toContain('registry.example/db:1.0.0');
  });

  it('of a packaged subchart are not added, because it is installed as it is, and a finding is at the line that lists it', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', on('mid', 'https://charts.example')));
    await mkdir(join(work, 'web/charts'));
    const inside = on('db', 'file://../db') + on('none', '', 'alias: off');
    const mid = chartOf('mid', '1.0.0', inside);
    const files = {
      ...mid,
      ...Object.fromEntries(Object.entries(chartOf('none')).map(([path, text]) => [`charts/none/${path}`, text])),
    };
    await writeFile(join(work, 'web/charts/mid-1.0.0.tgz'), await packedChart('mid', files));
    const [rendering] = await render(helm, await chart('web'));
    expect(imagesOf(rendering?.text)).toEqual([
      'registry.example/mid:1.0.0',
      'registry.example/none:1.0.0',
      'registry.example/web:1.0.0',
    ]);
    const at = { code: 'dependency-mismatch', severity: 'warning', file: 'web/Chart.yaml', line: 5 };
    expect(rendering?.findings).toMatchObject([
      { ...at, message: expect.stringContaining('lists "db" as a dependency and does not have it') },
      { ...at, message: expect.stringContaining('lists "none" without a version') },
    ]);
  });

  it('of a packaged chart are rendered as they are in the package, with a finding for a wrong version', async () => {
    const { work, chart, render } = await helmSetting();
    const web = chartOf('web', '1.0.0', on('cache', 'http://127.0.0.1:9', eightWithAlias));
    const cache = Object.entries(chartOf('cache', '7.0.0')).map(([path, text]) => [`charts/cache/${path}`, text]);
    await writeFile(join(work, 'web.tgz'), await packedChart('web', { ...web, ...Object.fromEntries(cache) }));
    const [rendering] = await render(helm, await chart('web.tgz'));
    expect(imagesOf(rendering?.text)).toEqual(['registry.example/cache:7.0.0', 'registry.example/web:1.0.0']);
    expect(rendering?.findings).toMatchObject([
      {
        code: 'dependency-mismatch',
        file: 'web.tgz',
        message: expect.stringContaining('ignores aliases and conditions'),
      },
    ]);
  });

  it('of a subchart may be a library chart that another chart brings', async () => {
    const { work, chart, render } = await helmSetting();
    const library = { 'Chart.yaml': 'apiVersion: v2\nname: common\nversion: 2.1.0\ntype: library\n' };
    const common = on('common', 'https://charts.example', 'version: 2.x.x');
    await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', common + on('mid', 'https://charts.example')));
    await writeFiles(join(work, 'web/charts/common'), library);
    await writeFiles(join(work, 'web/charts/mid'), chartOf('mid', '1.0.0', common));
    const [rendering] = await render(helm, await chart('web'));
    expect(rendering?.findings).toEqual([]);
    expect(rendering?.dependencyCopyPath).toBeUndefined();
  });

  it.each([
    ['two archives', ['cache-1.0.0.tgz', 'cache-1.2.0.tgz'], 'version: 1.x.x'],
    ['two archives of which one is right', ['cache-1.0.0.tgz', 'cache-1.2.0.tgz'], 'version: ~1.2.0'],
    ['a folder beside an archive', ['cache', 'cache-1.2.0.tgz'], 'version: ^1'],
  ] as const)(
    'that are in charts/ twice, as %s, are refused at their line: helm takes one by chance',
    async (_, entries, rest) => {
      const { work, chart, render } = await helmSetting();
      await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', on('cache', 'https://charts.example', rest)));
      await mkdir(join(work, 'web/charts'));
      for (const entry of entries) {
        const version = /\d\.\d\.\d/.exec(entry)?.[0];
        if (version === undefined) await writeFiles(join(work, 'web/charts', entry), chartOf('cache'));
        else await writeFile(join(work, 'web/charts', entry), await packed('cache', version));
      }
      const fault = await faultOf(render(helm, await chart('web')));
      expect(fault).toMatchObject({ code: 'dependency-ambiguous', location: { file: 'web/Chart.yaml', line: 5 } });
      for (const entry of entries) expect(fault.message).toContain(`charts/${entry}`);
    },
  );

  it('may be two versions of one chart under two aliases, and charts that no Chart.yaml lists', async () => {
    const { work, chart, render } = await helmSetting();
    const both =
      on('cache', 'https://charts.example', 'version: 1.x, alias: one') +
      on('cache', 'https://charts.example', 'version: ">1.9.0", alias: two');
    await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', both));
    await writeFiles(join(work, 'web/charts/vendored'), chartOf('vendored'));
    for (const version of ['1.0.0', '2.0.0']) {
      await writeFile(join(work, `web/charts/cache-${version}.tgz`), await packed('cache', version));
    }
    const [rendering] = await render(helm, await chart('web'));
    expect(rendering?.dependencyCopyPath).toBeUndefined();
    expect(imagesOf(rendering?.text)).toEqual([
      'registry.example/cache:1.0.0',
      'registry.example/cache:2.0.0',
      'registry.example/vendored:1.0.0',
      'registry.example/web:1.0.0',
    ]);
  });

  it.each(['@shop', 'alias:shop'])(
    'with the repository %s are fetched from the URL in Chart.lock',
    async (repository) => {
      const server = await cacheServer();
      const { work, chart, render } = await helmSetting({ named: [server.host] });
      await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', on('cache', repository, 'version: 8.x.x')));
      const env = { PATH: process.env['PATH'], HOME: await testFolder() };
      await outputOf(helm.path, ['repo', 'add', 'shop', server.url], { env });
      await outputOf(helm.path, ['dependency', 'update', join(work, 'web')], { env });
      await rm(join(work, 'web/charts'), { recursive: true });
      const [rendering] = await render(helm, await chart('web'));
      expect(imagesOf(rendering?.text)).toContain('registry.example/cache:8.1.0');
    },
  );

  it.each(['http://127.0.0.1:9', 'oci://127.0.0.1:9/charts', 'file://../cache'])(
    'with a version that is none are wrong input at their line, and no host is asked: %s',
    async (repository) => {
      const { work, chart, render } = await helmSetting({ named: ['127.0.0.1:9'] });
      await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', on('cache', repository, 'version: ">>nope"')));
      await writeFiles(join(work, 'cache'), chartOf('cache'));
      expect(await faultOf(render(helm, await chart('web')))).toMatchObject({
        code: 'dependency-missing',
        message: expect.stringContaining('">>nope" is not a version or a constraint such as ^1.2'),
        location: { file: 'web/Chart.yaml', line: 5 },
      });
    },
  );

  it('report each cause with its own advice', async () => {
    const server = await cacheServer();
    const { work, chart, render } = await helmSetting({ named: [server.host] });
    const list = [
      on('db', 'file://../none'),
      on('api', 'file://../database'),
      on('old', 'file://../old', 'version: ^2'),
      on('cache', server.url, 'version: 9.x'),
      on('plain', ''),
      on('far', '@shop'),
    ];
    await writeFiles(join(work, 'web'), chartOf('web', '1.0.0', list.join('')));
    await writeFiles(join(work, 'database'), chartOf('database'));
    await writeFiles(join(work, 'old'), chartOf('old'));
    const errors = await faultsOf(render(helm, await chart('web')));
    expect(errors.map(({ code, location }) => [code, location?.line])).toEqual(
      [5, 6, 7, 8, 9, 10].map((line) => ['dependency-missing', line]),
    );
    const text = errors.map(({ message, advice }) => `${message} ${advice}`);
    const causes = [
      ['the folder of "db" (file://../none) does not exist', 'relative to web'],
      ['the chart there is named "database", not "api"', 'alias: api'],
      ['the chart in file://../old has the version 1.0.0', 'Correct the version'],
      [`${server.host} has no cache 9.x; it has 8.1.0`, 'Correct the version'],
      ['"plain" has no repository', 'or a repository to the dependency'],
      ['"@shop" is an alias', 'helm repo add shop URL'],
    ];
    for (const [index, [cause = '', advice = '']] of causes.entries()) {
      expect(text[index]).toContain(cause);
      expect(text[index]).toContain(advice);
    }
  });
});
