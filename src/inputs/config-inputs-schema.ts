import * as v from 'valibot';
import { failOnCodes } from '../core/findings.ts';
import { text } from './schema-errors.ts';

/** Inputs have types in a file; `image-sources` and charts have their own schema. */
const boolean = (what: string) => v.optional(v.pipe(v.boolean('true or false'), v.description(what)));

/** Without quotes, 1.30 would be the number 1.3. */
const quoted = (what: string, example: string) =>
  v.optional(v.pipe(text(`a quoted string, such as "${example}"`), v.description(what)));

const choice = <const Words extends readonly [string, ...string[]]>(words: Words, what: string) =>
  v.optional(v.pipe(v.picklist(words, `one of ${words.join(', ')}`), v.description(what)));

const findings = `a list of ${failOnCodes.join(', ')}, or none`;
const budget = 'a whole number from 1 to 1000';
const platforms = 'all, or a list of platforms such as linux/amd64';

/** Inputs that a file can also set. The input overrides the file. */
export const inputsEntries = {
  'placeholder-registries': v.optional(
    v.pipe(
      v.array(
        text('a string, the first component of a reference'),
        'a list of first components of references, such as repository',
      ),
      v.description('First components of references that stand for a registry, such as repository or overwriteme.'),
    ),
  ),
  target: quoted(
    'Registry to copy images to: registry[/namespace], or artifact-store.',
    'myregistry.azurecr.io/mirror',
  ),
  'fail-on': v.optional(
    v.pipe(
      v.union(
        [v.array(v.picklist(failOnCodes, `one of ${failOnCodes.join(', ')}`), findings), v.literal('none', findings)],
        findings,
      ),
      v.description('Findings that fail the run, or none.'),
    ),
  ),
  'fail-on-new': boolean('Whether to fail only on findings that the change introduces.'),
  'on-existing': choice(['fail', 'skip', 'replace'], 'Action for a tag in the target that has different content.'),
  attachments: choice(
    ['all', 'required', 'none'],
    'Whether to copy signatures, attestations, and SBOMs with their images.',
  ),
  platforms: v.optional(
    v.pipe(
      v.union(
        [v.array(text('a string, a platform such as linux/amd64'), platforms), v.literal('all', platforms)],
        platforms,
      ),
      v.description('Platforms that every image must have, or all.'),
    ),
  ),
  'optional-images': boolean('Whether to also find images that appear only when a toggle of the chart is turned on.'),
  'optional-budget': v.optional(
    v.pipe(
      v.number(budget),
      v.integer(budget),
      v.minValue(1, budget),
      v.maxValue(1000, budget),
      v.description('Maximum number of further renderings of each chart for optional-images.'),
    ),
  ),
  'explain-aosm': boolean('Whether to show which images az aosm would lose, misread, or invent.'),
  'helm-version': quoted('Helm version: installed, latest, a version, or a semver range.', '3.18'),
  'kube-version': quoted('Kubernetes version to render the charts for.', '1.31'),
  'api-versions': v.optional(
    v.pipe(
      v.array(text('a string, group/version'), 'a list of group/version'),
      v.description('Additional API versions of the cluster.'),
    ),
  ),
  namespace: quoted('Namespace of the release.', 'contoso'),
  'release-name': quoted('Name of the release.', 'contoso'),
  'is-upgrade': boolean('Whether to render the charts for an upgrade instead of an installation.'),
  'skip-schema-validation': boolean('Whether to render charts whose values.schema.json refuses the values.'),
};
