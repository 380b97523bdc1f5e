import type { Chart } from '../../helm/charts/chart.ts';
import type { Artifact, ArtifactManifest } from '../../registry/azure/artifact-manifest.ts';
import type { ArtifactStoreRequest } from '../../registry/azure/artifact-store.ts';
import type { Plan, PlannedCopy } from '../plan/plan.ts';
import { planFindings } from '../plan/plan-findings.ts';

/**
 * What an artifact manifest has to list: the charts, and every image that will be in the store, as az aosm writes them. The
 * artifact's name is the repository, its version the tag.
 */
export function artifactsOf(charts: readonly Chart[], plan: Plan): readonly Artifact[] {
  const images = plan.copies.filter(({ step }) => step.action !== 'conflict').map(artifactOfImage);
  return distinct([...charts.map(artifactOfChart), ...images]);
}

export function artifactOfChart({ metadata }: Chart): Artifact {
  return { name: metadata.name, version: metadata.version };
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

/** Artifacts that the manifest lacks. */
export function missingArtifacts(manifest: ArtifactManifest, artifacts: readonly Artifact[]): readonly Artifact[] {
  const listed = new Set(manifest.artifacts.map(nameOfArtifact));
  return artifacts.filter((artifact) => !listed.has(nameOfArtifact(artifact)));
}

/** An image that the manifest of its version does not list cannot be put into the store: it is a conflict, whatever else it is. */
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

/** Artifacts cannot be added to a manifest (platform rule), so there is one remedy. */
export function newVersionAdvice({ versionPlace }: ArtifactStoreRequest): string {
  return `Increase "version"${versionPlace === undefined ? '' : ` in ${versionPlace.file}`}: an artifact manifest cannot be changed after it is created.`;
}
