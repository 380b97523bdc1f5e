import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namedHosts } from '../../src/inputs/named-hosts.ts';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { testFolder } from '../support/folder.ts';

test('hosts of inputs may be in the network of the run, and hosts of charts that only a file names may not', async () => {
  const workFolder = await testFolder();
  await writeFile(
    join(workFolder, 'chart-images.yaml'),
    'charts:\n- chart: oci://file.corp/charts/web:1.0.0\n- chart: "https://file.corp/charts#web@1.0.0"\n',
  );
  const settings = await readSettings(
    {
      charts: 'oci://typed.corp:5000/charts/web:1.0.0\nhttp://repository.corp:8080/charts#web@1.0.0\ncharts/local',
      'image-sources': 'source.corp/team\nupstream',
      target: 'target.corp:8443/mirror',
      'plain-http': 'plain.corp:5000',
      'registry-credentials': 'login.corp robot opensesame\nnobody.corp none',
    },
    { workFolder },
  );
  expect([...namedHosts(settings)].sort()).toEqual([
    'login.corp',
    'nobody.corp',
    'plain.corp:5000',
    'repository.corp:8080',
    'source.corp',
    'target.corp:8443',
    'typed.corp:5000',
  ]);
});
