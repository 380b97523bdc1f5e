import semver from 'semver';
import { ChartImagesError } from '../../core/errors.ts';

/** The release that is fetched when the user leaves the choice to us and no usable one is installed. */
export const pinnedHelm = '4.2.4';

/** Older ones lack flags and bounds that this product relies on (`--plain-http` for pulls, for one). */
export const oldestHelm = '3.14.0';

/** What `helm-version` asks for. */
export type HelmVersionSpec =
  | { readonly kind: 'installed' }
  | { readonly kind: 'latest' }
  /** Three numbers, without `v`. */
  | { readonly kind: 'exact'; readonly version: string }
  | { readonly kind: 'range'; readonly range: string };

/** Reads `installed`, `latest`, a version (`v` optional) or a semver range. Errors: `helm-version`. */
export function parseHelmVersion(text: string): HelmVersionSpec {
  const wanted = text.trim();
  if (wanted === 'installed' || wanted === 'latest') return { kind: wanted };
  const version = semver.valid(wanted);
  if (version !== null) {
    if (semver.lt(version, oldestHelm)) throw tooOld(`helm ${version} is`);
    return { kind: 'exact', version };
  }
  const range = wanted === '' ? null : semver.validRange(wanted);
  if (range === null) {
    throw new ChartImagesError('helm-version', `"${text}" is not a helm version.`, {
      advice: 'Write installed, latest, a version such as 4.2.4, or a range such as 3.18 or ^4.',
    });
  }
  if (!semver.intersects(range, `>=${oldestHelm}`)) throw tooOld(`all helm releases of "${wanted}" are`);
  return { kind: 'range', range: wanted };
}

/**
 * True when an installed helm is what was asked for. `reported` is helm's own word of its version, which builds from
 * source shorten to `v4.2`. `latest` can't be known without asking.
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

/** The newest release of a range, old and unfinished ones left out; undefined when there is none. */
export function latestInRange(range: string, versions: readonly string[]): string | undefined {
  const usable = versions.filter((version) => semver.valid(version) !== null && semver.gte(version, oldestHelm));
  return semver.maxSatisfying(usable, range) ?? undefined;
}

function tooOld(which: string): ChartImagesError {
  return new ChartImagesError('helm-version', `${which} too old: at least ${oldestHelm} is needed.`, {
    advice: 'Choose a newer release, or leave helm-version at its default.',
  });
}
