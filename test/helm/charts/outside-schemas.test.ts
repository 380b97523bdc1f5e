import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outsideSchemas } from '../../../src/helm/charts/outside-schemas.ts';
import { chartFiles, writeFiles } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';

test('ten links of a chart to itself do not hold up the run', async () => {
  const folder = await testFolder();
  const schema = { 'values.schema.json': '{"$ref":"https://schemas.example/values.json"}' };
  await writeFiles(join(folder, 'web'), chartFiles('web', schema));
  await mkdir(join(folder, 'web/charts'));
  for (let link = 0; link < 10; link += 1) await symlink('..', join(folder, `web/charts/link-${link}`));
  expect(await outsideSchemas(join(folder, 'web'))).toEqual([
    { file: 'values.schema.json', reference: 'https://schemas.example/values.json' },
  ]);
});
