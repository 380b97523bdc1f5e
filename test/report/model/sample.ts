import { ChartImagesError, type ErrorCode } from '../../../src/core/errors.ts';
import type { Finding } from '../../../src/core/findings.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { parseTemplateReference } from '../../../src/core/oci/reference.ts';
import type { DiscoveredImage, ImageUse } from '../../../src/discovery/image-use.ts';
import type { Ignored } from '../../../src/discovery/policy/policy.ts';
import type { Chart } from '../../../src/helm/charts/chart.ts';
import type { Outcome, PlannedAction, PlannedCopy } from '../../../src/mirror/plan/plan.ts';
import type { ManifestDescriptor } from '../../../src/registry/client/registry.ts';
import type { Mask } from '../../../src/report/model/mask.ts';
import { emptyReport, type Report } from '../../../src/report/model/report.ts';
import { createReportView, type ReportView } from '../../../src/report/model/report-view.ts';
import type { ImageDiff } from '../../../src/resolve/diff/image-diff.ts';
import { upstream } from '../../../src/resolve/image-source.ts';
import type { Candidate, Lookup, Resolution } from '../../../src/resolve/resolution.ts';

/** Reports as a run makes them, from a few words each. */

export function chart(name = 'contoso', path = `charts/${name}`, kind: Chart['kind'] = 'folder'): Chart {
  return {
    metadata: {
      name,
      version: '1.0.0',
      type: 'application',
      kubeVersion: undefined,
      annotations: {},
      dependencies: [],
    },
    displayPath: path,
    path: `/home/user/${path}`,
    kind,
    valueSets: [{ name: 'default', valueFiles: [], set: [] }],
    readFile: async () => undefined,
  };
}

export function use(image: string, over: Partial<ImageUse> = {}): ImageUse {
  const chartName = over.chart ?? 'contoso';
  return {
    image,
    chart: chartName,
    chartPath: `charts/${chartName}`,
    valueSets: ['default'],
    template: `${chartName}/templates/deployment.yaml`,
    kind: 'Deployment',
    name: 'web',
    path: 'spec.template.spec.containers[0].image',
    line: 21,
    rule: 'pod-spec',
    confidence: 'certain',
    ...over,
  };
}

export function image(text: string, uses: readonly ImageUse[] = [use(text)]): DiscoveredImage {
  const parsed = parseTemplateReference(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return { image: text, reference: parsed.value, confidence: uses[0]?.confidence ?? 'certain', uses };
}

export function manifest(text: string): ManifestDescriptor {
  return { digest: computeDigest(Buffer.from(text)), mediaType: mediaTypes.ociManifest, size: 1234 };
}

function candidate({ reference }: DiscoveredImage, registry: string): Candidate {
  const tag = reference.tag ?? (reference.digest ? undefined : 'latest');
  const path = reference.repository.replace(/^repository\//, '');
  return {
    source: upstream,
    reference: { registry, repository: path, tag, digest: reference.digest },
    targetRepository: path,
    form: 'whole',
  };
}

const source = 'source.example';

export function found(of: DiscoveredImage): Extract<Resolution, { status: 'found' }> {
  const place = candidate(of, source);
  const head = manifest(of.image);
  const lookup: Lookup = { result: 'found', candidate: place, manifest: head };
  return { status: 'found', image: of, lookups: [lookup], candidate: place, manifest: head };
}

export function absent(of: DiscoveredImage, reason = 'the registry has no such manifest'): Resolution {
  const lookups = [source, 'second.example'].map((registry): Lookup => {
    return { result: 'absent', candidate: candidate(of, registry), reason };
  });
  return { status: 'absent', image: of, lookups };
}

export function unknown(of: DiscoveredImage, message = 'source.example refused the connection'): Resolution {
  const lookup: Lookup = { result: 'unknown', candidate: candidate(of, source), error: fault('network', message) };
  return { status: 'unknown', image: of, lookups: [lookup] };
}

export function fault(code: ErrorCode, message = 'Something went wrong.', over: { file?: string; line?: number } = {}) {
  const place = over.file === undefined ? undefined : { ...over, file: over.file };
  return new ChartImagesError(code, message, { advice: 'Fix it.', location: place });
}

export function planned(of: DiscoveredImage, step: PlannedAction = { action: 'copy', replacing: false }): PlannedCopy {
  const { candidate: place, manifest: head } = found(of);
  const from = { ...place.reference, digest: head.digest };
  return { image: of, from, manifest: head, to: { ...from, registry: 'target.example' }, step };
}

export function copied(of: DiscoveredImage, bytes = 1_000_000): Outcome {
  return { result: 'copied', copy: planned(of), bytes };
}

export function finding(code: Finding['code'], over: Partial<Finding> = {}): Finding {
  return { code, severity: 'error', message: `It is ${code}.`, advice: 'Fix it.', ...over };
}

/** One image moved, one added, one removed. */
/** One rule that ignores an image and a finding. */
export function ignored(): Ignored {
  return {
    ignore: {
      patterns: { image: '**' },
      reason: 'only | for tests',
      until: '2027-01-31',
      location: { file: 'chart-images.yaml', line: 4 },
    },
    images: [{ image: 'r.example/test:1', uses: [use('r.example/test:1', { kind: 'Pod', name: 'test' })] }],
    findings: [finding('placeholder', { severity: 'warning', message: 'It is auto.' })],
  };
}

export function delta(): ImageDiff {
  return {
    base: 'main',
    moved: [{ image: 'web', from: 'web:1.0', to: 'web:1.1', charts: ['contoso', 'second'], bytes: 123_456 }],
    added: [{ image: 'job:2', charts: ['contoso'], bytes: 3_075_000 }],
    removed: [{ image: 'old:1', charts: ['contoso'] }],
    bytes: 3_198_456,
  };
}

export function report(over: Partial<Report> = {}): Report {
  const images = over.resolutions?.map((resolution) => resolution.image) ?? [];
  return {
    ...emptyReport,
    charts: [{ chart: chart(), helmVersion: '4.3.1' }],
    discovery: { images, findings: [] },
    ...over,
  };
}

/** As the formats get it; without a mask, nothing is secret. */
export function viewOf(of: Report, mask: Mask = { text: (text) => text, name: (name) => name }): ReportView {
  return createReportView(of, mask);
}

/** The worked example: four images found and copied. */
export function contoso(): Report {
  const images = ['a', 'b', 'c', 'test'].map((letter) => {
    const folder = letter === 'test' ? 'test-release' : 'release';
    const text = `repository/${folder}/contoso-${letter}:1.0.0`;
    const name = `contoso-${letter}`;
    return image(text, [use(text, { name, template: `contoso/templates/${letter}.yaml` })]);
  });
  return report({
    resolutions: images.map(found),
    plan: { copies: images.map((of) => planned(of)), findings: [] },
    outcomes: images.map((of) => copied(of, 3_075_000)),
    push: true,
  });
}

/** The worked example with contoso-c in no source: nothing is copied. */
export function contosoWithout(): Report {
  const whole = contoso();
  const resolutions = whole.resolutions.map((resolution, at) => (at === 2 ? absent(resolution.image) : resolution));
  const missing = resolutions[2]?.image.image ?? '';
  return report({
    resolutions,
    plan: { copies: whole.plan?.copies.filter((copy) => copy.image.image !== missing) ?? [], findings: [] },
    findings: [
      finding('absent', {
        image: missing,
        message: `No source has ${missing}.`,
        advice: 'Push it.',
        file: 'charts/contoso/templates/c.yaml',
      }),
    ],
    push: true,
  });
}

/** As many images as asked, in charts of 40, with all that may become of one. */
export function large(count: number): Report {
  const images = Array.from({ length: count }, (_, at) => {
    const chartName = `chart-${Math.floor(at / 40)}`;
    const text = `registry.example:5000/team-${at % 7}/service-${at}:2.${at % 10}.0`;
    const one = use(text, {
      chart: chartName,
      name: `service-${at}`,
      kind: at % 3 === 0 ? 'StatefulSet' : 'Deployment',
    });
    return image(
      text,
      at % 5 === 0 ? [one, { ...one, kind: 'CronJob' }, { ...one, kind: 'Job', name: 'migrate' }] : [one],
    );
  });
  const resolutions = images.map((of, at) => (at % 17 === 3 ? absent(of) : at % 23 === 7 ? unknown(of) : found(of)));
  const names = [...new Set(images.map((of) => of.uses[0]?.chart ?? ''))];
  return report({
    charts: names.map((name) => ({ chart: chart(name), helmVersion: '4.3.1' })),
    resolutions,
    plan: {
      copies: resolutions.filter(({ status }) => status === 'found').map((of) => planned(of.image)),
      findings: [],
    },
    findings: resolutions
      .filter((resolution) => resolution.status === 'absent')
      .map((of) => finding('absent', { image: of.image.image, message: `No source has ${of.image.image}.` })),
  });
}
