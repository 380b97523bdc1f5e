import type { Finding } from '../../core/findings.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { groupUsesByImage, usesOf } from '../group-uses.ts';
import type { Discovery, ImageUse } from '../image-use.ts';
import { applyIgnores } from './apply-ignores.ts';
import { readConfiguredPaths } from './configured-paths.ts';
import { extraFindings, extraUses } from './extra-images.ts';
import { compileImageGlob } from './glob.ts';
import { type ConfiguredPath, type Ignored, type Policy, type RequiredImage, ruleFinding } from './policy.ts';

export interface PolicyResult {
  /** All images of the charts, including ignored ones and those at configured paths. */
  readonly named: Discovery;
  readonly discovery: Discovery;
  /** Findings that are not ignored, and findings about the rules. */
  readonly findings: readonly Finding[];
  /** Only rules that matched. */
  readonly ignored: readonly Ignored[];
}

/**
 * Reads configured paths, checks required images against all images of the charts, removes ignored ones, and adds extra
 * images. Dates are in UTC. Pure.
 */
export function applyPolicy(
  discovered: Discovery,
  renderings: readonly Rendering[],
  policy: Policy,
  now: Date,
): PolicyResult {
  const paths = readConfiguredPaths(renderings, policy.paths);
  const named = merge(discovered, paths.discovery, renderings);
  const left = applyIgnores(named, policy.ignores, now.toISOString().slice(0, 10));
  const extra = extraUses(policy.extraImages);
  const findings = [
    ...left.findings,
    ...extraFindings(extra, left.images),
    ...missing(policy.required, named),
    ...policy.paths.filter((path) => !paths.used.has(path)).map(unusedPath),
  ];
  const kept = new Set<Finding>(findings);
  return {
    named,
    discovery: {
      images: groupUsesByImage([...usesOf(left.images), ...extra]),
      findings: named.findings.filter((finding) => kept.has(finding)),
    },
    findings,
    ignored: left.ignored,
  };
}

/** Both discoveries, without positions of the second that are in the first. */
function merge(first: Discovery, second: Discovery, renderings: readonly Rendering[]): Discovery {
  const known = new Set(usesOf(first.images).map(positionKey));
  const further = usesOf(second.images).filter((use) => !known.has(positionKey(use)));
  const reported = new Set(first.findings.map(({ code, image, message }) => `${code} ${image ?? message}`));
  const findings = second.findings.filter(({ code, image, message }) => !reported.has(`${code} ${image ?? message}`));
  if (further.length === 0) return { images: first.images, findings: [...first.findings, ...findings] };
  const charts = [...new Set(renderings.map(({ chart }) => chart.displayPath))];
  const order = new Map(charts.map((chart, index) => [chart, index]));
  const rank = ({ chartPath }: ImageUse): number => order.get(chartPath) ?? charts.length;
  const uses = [...usesOf(first.images), ...further].sort((a, b) => rank(a) - rank(b) || a.line - b.line);
  return { images: groupUsesByImage(uses), findings: [...first.findings, ...findings] };
}

function positionKey({ chartPath, template, kind, name, path }: ImageUse): string {
  return JSON.stringify([chartPath, template, kind, name, path]);
}

/** Declared images are not in a rendering, so they do not count. */
function missing(required: readonly RequiredImage[], { images }: Discovery): readonly Finding[] {
  const rendered = images.filter(({ confidence }) => confidence !== 'declared').map(({ image }) => image);
  return required
    .filter(({ pattern }) => !rendered.some(compileImageGlob(pattern)))
    .map(({ pattern, location }) =>
      ruleFinding(
        'required',
        `Required image not found: no chart has an image that matches ${JSON.stringify(pattern)}.`,
        'Check whether a value or a condition of the chart disables it, or remove it from require.',
        location,
      ),
    );
}

function unusedPath({ kind, apiVersion, path, location }: ConfiguredPath): Finding {
  return ruleFinding(
    'unused-rule',
    `No rendered ${kind}${apiVersion === undefined ? '' : ` of ${apiVersion}`} has a field at ${path}.`,
    'Compare the path with the rendered object. Separate keys with dots, and use [*] for every item of a list.',
    location,
  );
}
