import { describe, expect, test } from 'vitest';
import { readCnfInput } from '../../src/inputs/cnf-input.ts';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { faultsOf, placeOf } from './expect-error.ts';
import { folderWith } from './files.ts';

const chart = { 'charts/contoso/Chart.yaml': 'name: contoso\nversion: 1.0.0\n' };

const publisher = `
  "publisher_name": "contoso",
  "publisher_resource_group_name": "contoso-rg",
  "acr_artifact_store_name": "contoso-store",
  "nf_name": "Contoso_Core",
  "version": "1.0.12",`;

function file(fields: string): string {
  return `{${fields}
  "image_sources": ["myregistry.azurecr.io"],
  "helm_packages": [{ "name": "contoso", "path_to_chart": "charts/contoso" }]
}`;
}

async function folder(fields: string): Promise<string> {
  return await folderWith({ ...chart, 'cnf-input.jsonc': file(fields) });
}

async function storeOf(fields: string) {
  return (await readCnfInput('cnf-input.jsonc', await folder(fields))).artifactStore?.();
}

describe('the artifact store of a cnf-input file', () => {
  test('has the names that az aosm derives, and the place of the version', async () => {
    expect(await storeOf(publisher)).toMatchObject({
      publisher: 'contoso',
      resourceGroup: 'contoso-rg',
      store: 'contoso-store',
      manifest: 'contoso-core-acr-manifest-1-0-12',
      versionLocation: { file: 'cnf-input.jsonc', line: 6 },
    });
  });

  test('needs no resource group, which is then looked up', async () => {
    expect(await storeOf(publisher.replace('"contoso-rg"', '""'))).toMatchObject({ resourceGroup: undefined });
  });

  test('each missing or empty key of an artifact store is reported with its location', async () => {
    const faults = await faultsOf(() =>
      storeOf(publisher.replace('"1.0.12"', '""').replace(/.*publisher_name.*\n/, '')),
    );
    expect(faults.map((fault) => [fault.message, placeOf(fault)])).toEqual([
      ['cnf-input.jsonc is missing publisher_name, which target: artifact-store requires.', 'cnf-input.jsonc:1:1'],
      [
        'cnf-input.jsonc has an empty version, which target: artifact-store requires.',
        expect.stringMatching(/^cnf-input.jsonc:5:/),
      ],
    ]);
  });

  test('is not looked at unless it is the target', async () => {
    const workFolder = await folder('');
    const inputs = { 'input-file': 'cnf-input.jsonc' };
    expect(await readSettings(inputs, { workFolder })).toMatchObject({ artifactStore: undefined, target: undefined });
    const faults = await faultsOf(() => readSettings({ ...inputs, target: 'artifact-store' }, { workFolder }));
    expect(faults.map(({ code }) => code)).toEqual(['schema', 'schema', 'schema', 'schema']);
  });

  test('is the target of the run, with what else was said of it', async () => {
    const workFolder = await folder(publisher);
    const said = {
      'create-artifact-manifest': 'false',
      'publish-charts': 'true',
      'copy-mode': 'stream',
      'include-foreign': 'true',
      push: 'true',
    };
    const settings = await readSettings(
      { 'input-file': 'cnf-input.jsonc', target: 'artifact-store', ...said },
      { workFolder },
    );
    expect(settings).toMatchObject({
      target: undefined,
      artifactStore: { store: 'contoso-store' },
      missingManifest: 'fail',
      publishCharts: true,
      copyMode: 'stream',
      foreignLayers: 'included',
    });
  });
});
