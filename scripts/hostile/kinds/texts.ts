/** Kinds whose input is a text that the program reads from a header or from another program. */
import type { Chart } from '../../../src/helm/charts/chart.ts';
import { readWarnings } from '../../../src/helm/cli/helm-warnings.ts';
import { renderError } from '../../../src/helm/cli/render-error.ts';
import { parseChallenges } from '../../../src/registry/client/challenge.ts';
import type { Kind, Seen } from '../kind.ts';
import { mutateText } from '../mutate-text.ts';

interface TextKind {
  readonly seeds: readonly string[];
  readonly run: (text: string) => Promise<Seen>;
}

function textKind({ seeds, run }: TextKind): Kind['open'] {
  return async () => ({
    make(random) {
      const input = mutateText(random.pick(seeds), random);
      return { input, run: async () => await run(input) };
    },
  });
}

export const openChallenges = textKind({
  seeds: [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/busybox:pull"',
    'Basic realm="registry", Bearer realm="https://r/token", service=r, error="invalid_token"',
    'Negotiate YII=, NTLM, Digest realm="a\\"b", nonce="x", qop="auth,auth-int"',
    'Bearer realm=/token,scope="a b c",,, ,Basic',
  ],
  run: async (text) => {
    const found = parseChallenges(text);
    return { outcome: found.length === 0 ? 'none' : 'some', texts: [JSON.stringify(found)] };
  },
});

const chart: Chart = {
  metadata: {
    name: 'contoso',
    version: '1.0.0',
    type: 'application',
    kubeVersion: undefined,
    annotations: {},
    dependencies: [],
  },
  displayPath: 'charts/contoso',
  path: '/charts/contoso',
  kind: 'folder',
  valueSets: [],
  readFile: async (path) => (path.includes('a.yaml') || path === 'values.yaml' ? 'x: 1\n' : undefined),
};

export const openHelmErrors = textKind({
  seeds: [
    'execution error at (contoso/templates/a.yaml:1:3): a value is needed',
    'template: contoso/templates/a.yaml:7:12: executing "contoso/templates/a.yaml" at <include "x" .>: error calling include: template: contoso/templates/_b.tpl:3:4: executing "x" at <.Values.a.b>: nil pointer evaluating interface {}.b',
    'YAML parse error on contoso/templates/a.yaml: error converting YAML to JSON: yaml: line 4: did not find expected key',
    'failed to parse /work/values.yaml: error converting YAML to JSON: yaml: line 2: mapping values are not allowed',
    "values don't meet the specifications of the schema(s) in the following chart(s):\ncontoso:\n- at '/a': got string, want integer",
    'manifest_sorter.go:199: info: skipping unknown hook: "pre-magic"\nlevel=WARN msg="x" chart=contoso\n',
    'failed to perform "FetchReference" on source: registry.test/a:1.0.0: not found',
    'looks like "https://charts.test" is not a valid chart repository or cannot be reached: failed to fetch https://charts.test/index.yaml : 404 Not Found',
    'could not download oci://registry.test/a: Head "https://registry.test/v2/a/manifests/1": dial tcp: lookup registry.test: no such host',
  ],
  run: async (text) => {
    const texts: string[] = [];
    const tell = (line: string) => void texts.push(line);
    const remarks = readWarnings(text, chart, { debug: tell, info: tell, warning: tell });
    const warned = remarks.length === 0 ? 'no finding' : 'a finding';
    const error = await renderError({ chart, valueSet: 'default', reason: text, workFolder: '/work' });
    texts.push(error.message, error.advice, ...remarks.map(({ message }) => message));
    return { outcome: `${error.code}, ${error.location?.line === undefined ? 'no line' : 'a line'}, ${warned}`, texts };
  },
});
