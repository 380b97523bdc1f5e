import type { Chart } from '../../helm/charts/chart.ts';
import type { Artifact, ArtifactManifest } from '../../registry/azure/artifact-manifest.ts';
import type { ArtifactStoreRequest } from '../../registry/azure/artifact-store.ts';
import type { Plan, PlannedCopy } from '../plan/plan.ts';
import { planFindings } from '../plan/plan-findings.ts';

/**
 * Charts and images for the artifact manifest, named like `az aosm` does: the name is the repository, the version is
 * the tag.
 */
export function artifactsOf(charts: readonly Chart[], plan: Plan): readonly Artifact[] {
  const images = plan.copies.filter(({ step }) => step.action !== 'conflict').map(artifactOfImage);
  return distinct([...charts.map(artifactOfChart), ...images]);
}

export function artifactOfChart({ metadata }: Chart): Artifact {
  return { name: metadata.name, version: chartTag(metadata.version) };
}

/** The tag of a chart version, as helm makes it: tags cannot contain `+`. */
export function chartTag(version: string): string {
  return version.replaceAll('+', '_');
}

function artifactOfImage({ to }: PlannedCopy): Artifact {
  return { name: to.repository, version: to.tag ?? '' };
}

export function nameOfArtifact({ name, version }: Artifact): string {
  return `${name}:${version}`;
}

function distinct(artifacts: readonly Artifact[]): readonly Artifact[] {
  return [...new Map(artifacts.map((artifact) => [nameOfArtifact(artifact), artifact])).values()];
}

/** Artifacts that are missing in the manifest. */
export function missingArtifacts(manifest: ArtifactManifest, artifacts: readonly Artifact[]): readonly Artifact[] {
  const listed = new Set(manifest.artifacts.map(nameOfArtifact));
  return artifacts.filter((artifact) => !listed.has(nameOfArtifact(artifact)));
}

/** Makes images that the manifest does not list conflicts, because the store rejects them. */
export function checkAgainstManifest(plan: Plan, manifest: ArtifactManifest, request: ArtifactStoreRequest): Plan {
  const missing = new Set(missingArtifacts(manifest, plan.copies.map(artifactOfImage)).map(nameOfArtifact));
  const copies = plan.copies.map((copy): PlannedCopy => {
    const artifact = nameOfArtifact(artifactOfImage(copy));
    if (!missing.has(artifact)) return copy;
    const reason = `the artifact manifest ${manifest.name} exists and does not list ${artifact}`;
    return { ...copy, step: { action: 'conflict', reason, advice: newVersionAdvice(request) } };
  });
  return { ...plan, copies, findings: planFindings(copies) };
}

/** The only fix, because a manifest can't be extended (platform rule). */
export function newVersionAdvice({ versionLocation }: ArtifactStoreRequest): string {
  return `Increase "version"${versionLocation === undefined ? '' : ` in ${versionLocation.file}`}: an artifact manifest cannot be changed after it is created.`;
}
