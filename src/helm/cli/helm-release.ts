import semver from 'semver';
import { ChartImagesError } from '../../core/errors.ts';

/** The release to download by default, if no usable one is installed. */
export const pinnedHelm = '4.2.4';

/** Older releases are missing flags that chart-images needs, such as `--plain-http` for pulls. */
export const oldestHelm = '3.14.0';

/** The value of `helm-version`. */
export type HelmVersionSpec =
  | { readonly kind: 'installed' }
  | { readonly kind: 'latest' }
  /** Three numbers, without `v`. */
  | { readonly kind: 'exact'; readonly version: string }
  | { readonly kind: 'range'; readonly range: string };

/** Parses `installed`, `latest`, a version (`v` optional) or a semver range. Throws `helm-version`. */
export function parseHelmVersion(text: string): HelmVersionSpec {
  const wanted = text.trim();
  if (wanted === 'installed' || wanted === 'latest') return { kind: wanted };
  const version = semver.valid(wanted);
  if (version !== null) {
    if (semver.lt(version, oldestHelm)) throw tooOld(`helm ${version}`);
    return { kind: 'exact', version };
  }
  const range = wanted === '' ? null : semver.validRange(wanted);
  if (range === null) {
    throw new ChartImagesError('helm-version', `Cannot use helm-version "${text}": it is not a version or a range.`, {
      advice: 'Set helm-version to installed, latest, a version such as 4.2.4, or a range such as 3.18 or ^4.',
    });
  }
  if (!semver.intersects(range, `>=${oldestHelm}`)) throw tooOld(`helm "${wanted}"`);
  return { kind: 'range', range: wanted };
}

/**
 * Whether an installed helm matches. `reported` is the output of `helm version`, which builds from source shorten to
 * `v4.2`. `latest` never matches, because only the server knows the latest version.
 */
export function satisfies(spec: HelmVersionSpec, reported: string): boolean {
  const version = semver.valid(reported) ?? semver.coerce(reported)?.version;
  if (version === undefined || semver.lt(version, oldestHelm)) return false;
  switch (spec.kind) {
    case 'installed':
      return true;
    case 'latest':
      return false;
    case 'exact':
      return semver.valid(reported) === spec.version;
    case 'range':
      return semver.satisfies(version, spec.range);
  }
}

/** The newest supported release in a range; undefined if there is none. */
export function latestInRange(range: string, versions: readonly string[]): string | undefined {
  const usable = versions.filter((version) => semver.valid(version) !== null && semver.gte(version, oldestHelm));
  return semver.maxSatisfying(usable, range) ?? undefined;
}

function tooOld(requested: string): ChartImagesError {
  return new ChartImagesError(
    'helm-version',
    `Cannot use ${requested}: the oldest supported version is ${oldestHelm}.`,
    {
      advice: 'Set helm-version to a later release, or remove it to use the default.',
    },
  );
}
