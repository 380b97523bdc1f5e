import semver from 'semver';

/**
 * The newest patch of every supported minor release and its date, as of 2026-11-28 (Go module proxy, helm.sh/helm/v3
 * and v4). Patches contain only fixes, some of them security fixes: 4.1.4 fixes where an archive is unpacked
 * (GHSA-hr2v-4r36-88hr).
 */
const newestPatches = new Map([
  ['3.14', { version: '3.14.4', published: '2024-04-10' }],
  ['3.15', { version: '3.15.4', published: '2024-08-14' }],
  ['3.16', { version: '3.16.4', published: '2024-12-16' }],
  ['3.17', { version: '3.17.4', published: '2025-07-15' }],
  ['3.18', { version: '3.18.6', published: '2025-08-19' }],
  ['3.19', { version: '3.19.5', published: '2026-01-14' }],
  ['3.20', { version: '3.20.2', published: '2026-04-09' }],
  ['3.21', { version: '3.21.4', published: '2026-08-13' }],
  ['3.22', { version: '3.22.0', published: '2026-09-09' }],
  ['4.0', { version: '4.0.5', published: '2026-01-14' }],
  ['4.1', { version: '4.1.4', published: '2026-04-09' }],
  ['4.2', { version: '4.2.4', published: '2026-08-13' }],
  ['4.3', { version: '4.3.2', published: '2026-11-13' }],
]);

/** A warning for a helm that is older than the newest patch of its minor release, otherwise undefined. */
export function missingPatch(version: string): string | undefined {
  // A build from source can have a version without a patch number.
  if (semver.valid(version) === null) return undefined;
  const patch = newestPatches.get(`${semver.major(version)}.${semver.minor(version)}`);
  if (patch === undefined || semver.gte(version, patch.version)) return undefined;
  return `helm ${version} is missing the fixes of ${patch.version} (${patch.published}). Set helm-version to ${patch.version} or later, or install that version.`;
}
