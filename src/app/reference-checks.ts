import type { ReferenceChecks } from '../discovery/policy/reference-findings.ts';
import type { Settings } from '../inputs/settings.ts';

/** What references must be for this run. The base that it is compared with is checked in the same way. */
export function referenceChecksOf({
  registriesAre,
  placeholderRegistries: placeholders,
  artifactStore,
  policy: { floatingTags },
}: Settings): ReferenceChecks {
  const target = artifactStore === undefined ? 'registry' : 'artifact-store';
  return { floatingTags, placeholders, registriesAre, target };
}
