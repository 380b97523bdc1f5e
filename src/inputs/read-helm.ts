import { closestName } from './did-you-mean.ts';
import { invalidInput } from './input-errors.ts';
import { inputValue, type RawInputs } from './raw-inputs.ts';
import { readEach, splitList } from './read-value.ts';
import type { Settings } from './settings.ts';

/** Reads `helm-version`: `installed`, `latest`, a version or a semver range. */
export async function readHelmVersion(value: string): Promise<string> {
  const words = ['installed', 'latest'];
  if (words.includes(value)) return value;
  const { default: validRange } = await import('semver/ranges/valid.js');
  if (validRange(value) !== null) return value;
  const near = closestName(value, words);
  throw invalidInput(
    'helm-version',
    value,
    'it takes installed, latest, a version or a semver range',
    near === undefined ? 'For example, write 3.18.4, 4.x or >=3.14 <5.' : `Did you mean "${near}"?`,
  );
}

/** Reads an http(s) URL without credentials, query and fragment. Returns it without a trailing slash. */
export function readHelmMirror(value: string): string {
  const advice = 'Write the base URL alone, for example https://mirror.example/helm.';
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw invalidInput('helm-mirror', value, 'it is not an http or https address', advice);
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidInput('helm-mirror', value, 'it contains credentials', advice);
  }
  if (url.search !== '' || url.hash !== '') {
    throw invalidInput('helm-mirror', value, 'file names are appended to it, so it cannot contain "?" or "#"', advice);
  }
  return value.replace(/\/+$/, '');
}

/** Helm accepts two or three numbers, an optional `v`, and a provider's suffix: `v1.29.3-gke.1`. */
export function readKubeVersion(value: string): string {
  if (/^v?[0-9]+\.[0-9]+(\.[0-9]+([-+][0-9A-Za-z.+-]+)?)?$/.test(value)) return value;
  throw invalidInput('kube-version', value, 'it is not a Kubernetes version', 'For example, write 1.31 or 1.31.2.');
}

/** A DNS label, as in Kubernetes. */
export function readNamespace(value: string): string {
  if (value.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value)) return value;
  const reason = 'a namespace has at most 63 lowercase letters, digits and dashes, and no dash at either end';
  throw invalidInput('namespace', value, reason, 'For example, write contoso-test.');
}

/** Helm's own rule (pkg/chart/common/util and pkg/action, `ValidateReleaseName`). */
export function readReleaseName(value: string): string {
  const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
  if (value.length <= 53 && new RegExp(`^${label}(\\.${label})*$`).test(value)) return value;
  const reason =
    'a release name has at most 53 lowercase letters, digits, dashes and dots, and no dash or dot at either end';
  throw invalidInput('release-name', value, reason, 'For example, write contoso.');
}

/** Reads `api-versions`: `group/version` or `group/version/Kind`. */
export function readApiVersions(raw: RawInputs): Settings['helmTemplate']['apiVersions'] {
  const form = /^[A-Za-z0-9][A-Za-z0-9./-]*$/;
  return readEach(
    'api-versions',
    splitList(inputValue(raw, 'api-versions') ?? ''),
    (entry) => (form.test(entry) ? { ok: true, value: entry } : { ok: false, reason: 'it is not an API version' }),
    'Write group/version, for example monitoring.coreos.com/v1.',
  );
}
