/** A chart's schema is a stranger's text that helm follows: to files of the machine and to hosts of its network. */
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packageChart } from '../../../src/helm/cli/package-chart.ts';
import type { Rendering } from '../../../src/helm/cli/rendering.ts';
import { chartFiles, type Files, helms, packedChart, tarOf, writeFiles } from '../../support/charts.ts';
import { faultOf } from '../../support/faults.ts';
import { startFileServer } from '../../support/file-server.ts';
import { testFolder } from '../../support/folder.ts';
import { inTurn } from '../../support/matrix.ts';
import { helmSetting } from './helm-fixtures.ts';

const schemaOf = (schema: unknown): Files => ({ 'values.schema.json': JSON.stringify(schema) });

/** The values have no number, so a schema that is followed to it refuses them. */
const number = '{"properties":{"image":{"type":"number"}}}';

const warned = (rendering: Rendering | undefined) =>
  rendering?.findings?.map(({ code, message }) => `${code} ${message}`);

async function packed(name: string, files: readonly (readonly [string, string | Buffer])[]): Promise<Buffer> {
  return gzipSync(await tarOf(files.map(([path, content]) => ({ name: `${name}/${path}`, content }))));
}

const entries = (files: Files) => Object.entries(files);

describe.each(inTurn(helms))('the schema of a chart with $title', ({ helm, it }) => {
  it('asks no host and opens no file, in the chart, its subcharts and their archives, and the chart renders', async () => {
    const server = await startFileServer({ files: { '/schema.json': number } });
    const folder = await testFolder();
    const secret = join(folder, 'schema.json');
    await writeFile(secret, number);
    const address = `${server.url}/schema.json`;
    const attacks: Readonly<Record<string, string>> = {
      host: JSON.stringify({ $ref: address }),
      file: JSON.stringify({ $ref: `file://${secret}` }),
      relative: JSON.stringify({ $ref: secret.slice(1) }),
      upwards: JSON.stringify({ $ref: `../..${secret}` }),
      renamed: JSON.stringify({ $id: `${server.url}/root.json`, $ref: 'schema.json' }),
      dynamic: JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', $dynamicRef: address }),
      recursive: JSON.stringify({ $schema: 'https://json-schema.org/draft/2019-09/schema', $recursiveRef: address }),
      'meta-schema': JSON.stringify({ $schema: address, type: 'object' }),
      escaped: `{"\\u0024ref":"${address}"}`,
      twice: `{"$ref":"#/a","a":{},"$ref":"${address}"}`,
    };
    const { work, chart, render } = await helmSetting();
    for (const [name, schema] of Object.entries(attacks)) {
      await writeFiles(join(work, name), chartFiles(name, { 'values.schema.json': schema }));
      const [rendering] = await render(helm, await chart(name));
      expect(rendering?.text, name).toContain('registry.example/app:1.0.0');
      expect(warned(rendering), name).toEqual([
        expect.stringMatching(/^unvalidated .*values\.schema\.json refers to "/),
      ]);
    }
    const evil = chartFiles('evil', { 'values.schema.json': attacks['host'] ?? '' });
    const inside = await packed('outer', [
      ...entries(chartFiles('outer')),
      ['charts/evil.tgz', await packedChart('evil', evil)],
    ]);
    await writeFiles(
      join(work, 'deep'),
      chartFiles('deep', Object.fromEntries(entries(evil).map(([path, text]) => [`charts/evil/${path}`, text]))),
    );
    await writeFiles(join(work, 'packed'), chartFiles('packed', { 'charts/.keep': '' }));
    await writeFile(join(work, 'packed/charts/outer.tgz'), inside);
    await writeFile(
      join(work, 'archive.tgz'),
      await packed('archive', [...entries(chartFiles('archive')), ['charts/outer.tgz', inside]]),
    );
    await writeFiles(join(work, 'elsewhere'), evil);
    await writeFiles(join(work, 'linked'), chartFiles('linked', { 'charts/.keep': '' }));
    await symlink(join(work, 'elsewhere'), join(work, 'linked/charts/evil'));
    const dependency = `dependencies:\n- { name: evil, version: 1.0.0, repository: "file://../elsewhere" }\n`;
    await writeFiles(
      join(work, 'built'),
      chartFiles('built', { 'Chart.yaml': `${chartFiles('built')['Chart.yaml']}${dependency}` }),
    );
    for (const name of ['deep', 'packed', 'archive.tgz', 'linked', 'built']) {
      const [rendering] = await render(helm, await chart(name));
      expect(rendering?.text, name).toContain('evil/templates/pod.yaml');
      expect(warned(rendering), name).toEqual([expect.stringContaining(`refers to "${address}"`)]);
    }
    expect(server.requests).toEqual([]);
  });

  it('is not followed either when the chart is packaged', async () => {
    const server = await startFileServer({ files: { '/schema.json': number } });
    const { work, chart, render, access } = await helmSetting();
    await writeFiles(join(work, 'web'), chartFiles('web', schemaOf({ $ref: `${server.url}/schema.json` })));
    const [rendering] = await render(helm, await chart('web'));
    if (rendering === undefined) throw new Error('nothing was rendered');
    await packageChart(helm, rendering, access);
    expect(server.requests).toEqual([]);
  });

  it('holds the values where it keeps to itself and to the meta-schemas that helm has', async () => {
    const { work, chart, render } = await helmSetting();
    for (const address of [
      'http://json-schema.org/schema#',
      'http://json-schema.org/draft-07/schema#',
      'https://json-schema.org/draft-07/schema#',
      'https://json-schema.org/draft/2020-12/schema',
    ]) {
      const definitions = { image: { type: 'number' } };
      const schema = {
        $schema: address,
        $id: 'http://127.0.0.1:9/a.json',
        definitions,
        properties: { image: { $ref: '#/definitions/image' } },
      };
      await writeFiles(join(work, 'web'), chartFiles('web', schemaOf(schema)));
      const fault = await faultOf(render(helm, await chart('web')));
      expect(fault).toMatchObject({
        code: 'chart-render',
        message: expect.stringContaining('got string, want number'),
      });
    }
    await writeFiles(join(work, 'web'), chartFiles('web', schemaOf({ type: 'object' })));
    expect(warned((await render(helm, await chart('web')))[0])).toEqual([]);
  });

  it('that is no JSON is still helm’s own fault to tell', async () => {
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'web'), chartFiles('web', { 'values.schema.json': '{"type": "object"' }));
    expect(await faultOf(render(helm, await chart('web')))).toMatchObject({ code: 'chart-render' });
  });
});

describe('a schema that refers outside', () => {
  it('is refused with a helm that cannot leave it out, without a request', async () => {
    const server = await startFileServer({ files: { '/schema.json': number } });
    const folder = await testFolder();
    const old = join(folder, 'helm');
    // Helm 3.14 and 3.15 end so (observed).
    await writeFile(old, '#!/bin/sh\necho "Error: unknown flag: --skip-schema-validation" >&2\nexit 1\n', {
      mode: 0o755,
    });
    const { work, chart, render } = await helmSetting();
    await writeFiles(join(work, 'web'), chartFiles('web', schemaOf({ $ref: `${server.url}/schema.json` })));
    const fault = await faultOf(render({ path: old, version: '3.15.4' }, await chart('web')));
    expect(fault).toMatchObject({ code: 'helm-version', location: { file: 'web/Chart.yaml' } });
    expect(fault.advice).toContain('3.16');
    expect(server.requests).toEqual([]);
  });
});
