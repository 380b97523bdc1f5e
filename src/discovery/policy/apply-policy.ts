import type { Finding } from '../../core/findings.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import type { Discovery, ImageUse } from '../image-use.ts';
import { applyIgnores } from './apply-ignores.ts';
import { readConfiguredPaths } from './configured-paths.ts';
import { extraFindings, extraUses } from './extra-images.ts';
import { compileImageGlob } from './glob.ts';
import { groupUsesByImage, usesOf } from './group-uses.ts';
import type { ConfiguredPath, Ignored, Policy, RequiredImage } from './policy.ts';
import { ruleFinding } from './rule-finding.ts';

/** What is left of a discovery, and what came to it, under the user's rules. */
export interface PolicyResult {
  /** All that the charts name, also what is ignored, and at the fields that the user names too. */
  readonly named: Discovery;
  readonly discovery: Discovery;
  /** Those of discovery that are left, and those about the rules. */
  readonly findings: readonly Finding[];
  /** Empty ones are left out. */
  readonly ignored: readonly Ignored[];
}

/**
 * Applies the user's rules to what was discovered: fields that they name are read, images that they require are looked for
 * among all that the charts name, what they ignore is taken away, and extra images come last. Days are those of UTC. Pure.
 */
export function applyPolicy(
  discovered: Discovery,
  renderings: readonly Rendering[],
  policy: Policy,
  now: Date,
): PolicyResult {
  const paths = readConfiguredPaths(renderings, policy.paths);
  const named = joined(discovered, paths.discovery, renderings);
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

/** Both together; a place that the first has read already is not taken from the second. */
function joined(first: Discovery, second: Discovery, renderings: readonly Rendering[]): Discovery {
  const known = new Set(usesOf(first.images).map(placeOf));
  const further = usesOf(second.images).filter((use) => !known.has(placeOf(use)));
  const reported = new Set(first.findings.map(({ code, image, message }) => `${code} ${image ?? message}`));
  const findings = second.findings.filter(({ code, image, message }) => !reported.has(`${code} ${image ?? message}`));
  if (further.length === 0) return { images: first.images, findings: [...first.findings, ...findings] };
  const charts = [...new Set(renderings.map(({ chart }) => chart.displayPath))];
  const order = new Map(charts.map((chart, index) => [chart, index]));
  const rank = ({ chartPath }: ImageUse): number => order.get(chartPath) ?? charts.length;
  const uses = [...usesOf(first.images), ...further].sort((a, b) => rank(a) - rank(b) || a.line - b.line);
  return { images: groupUsesByImage(uses), findings: [...first.findings, ...findings] };
}

function placeOf({ chartPath, template, kind, name, path }: ImageUse): string {
  return JSON.stringify([chartPath, template, kind, name, path]);
}

/** What only an annotation or a list declares is not found in the renderings. */
function missing(required: readonly RequiredImage[], { images }: Discovery): readonly Finding[] {
  const rendered = images.filter(({ confidence }) => confidence !== 'declared').map(({ image }) => image);
  return required
    .filter(({ pattern }) => !rendered.some(compileImageGlob(pattern)))
    .map(({ pattern, place }) =>
      ruleFinding(
        'required',
        `No chart names an image like ${JSON.stringify(pattern)}, which the configuration requires.`,
        'Look whether a value or a condition of the chart has switched it off, or take it out of require.',
        place,
      ),
    );
}

function unusedPath({ kind, apiVersion, path, place }: ConfiguredPath): Finding {
  return ruleFinding(
    'unused-rule',
    `No ${kind}${apiVersion === undefined ? '' : ` of ${apiVersion}`} that the charts render has a field at ${path}.`,
    'Compare the path with the rendered object: keys are separated by dots, and [*] is every item of a list.',
    place,
  );
}
