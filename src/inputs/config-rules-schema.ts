import * as v from 'valibot';
import { defaultFloatingTags } from '../discovery/policy/policy.ts';
import { object, text } from './schema-errors.ts';

/** The user's rules for images in chart-images.yaml; policy/policy.ts defines them. */
const patternSyntax =
  '* matches anything within a component, ** matches anything. The whole text must match, and case matters.';

const pattern = (what: string) =>
  v.optional(v.pipe(text(`a string, a pattern of ${what}`), v.description(`Pattern of ${what}. ${patternSyntax}`)));

const date = 'a date of the form YYYY-MM-DD';

const ignore = object(
  {
    image: v.optional(
      v.pipe(
        text('a string, a pattern of images'),
        v.description(
          `Pattern of references as charts write them, with components separated by /. Without a tag or digest, it matches every version. ${patternSyntax}`,
        ),
      ),
    ),
    chart: pattern('the name of a chart, or of its path'),
    template: pattern('the template as helm names it, such as contoso/templates/tests/**'),
    kind: pattern('the kind of the object'),
    name: pattern('the name of the object'),
    path: pattern('the YAML path, such as spec.containers[*].image; components are keys and indices'),
    reason: v.pipe(text('a string, why it is ignored'), v.description('Why it is ignored, as shown in every report.')),
    until: v.optional(
      v.pipe(
        v.string(date),
        v.regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, date),
        v.description('The last day on which it applies, in UTC. After that day, it only causes a warning.'),
      ),
    ),
  },
  'an object with image, chart, template, kind, name or path, and a reason',
);

const path = object(
  {
    kind: v.pipe(text('a string, the kind of an object'), v.description('The exact kind of the object.')),
    apiVersion: v.optional(
      v.pipe(
        text('a string, an apiVersion'),
        v.description('Pattern of its apiVersion, such as operator.example/*. Default: any.'),
      ),
    ),
    path: v.pipe(
      text('a string, a YAML path'),
      v.description('Path of the image: spec.image, spec.images[*].ref, spec["odd.key"].image. * matches any key.'),
    ),
  },
  'an object with kind, apiVersion and path',
);

export const rulesEntries = {
  'floating-tags': v.optional(
    v.pipe(
      v.array(text('a string, a pattern of tags'), 'a list of patterns of tags'),
      v.description(
        `Patterns of tags that move to new content, instead of ${defaultFloatingTags.join(', ')}. An empty list checks none.`,
      ),
    ),
  ),
  ignore: v.optional(
    v.pipe(
      v.array(ignore, 'a list of objects with a pattern and a reason'),
      v.description(
        'Images to ignore. They are reported as ignored, but not checked and not copied. All patterns of an entry must match.',
      ),
    ),
  ),
  require: v.optional(
    v.pipe(
      v.array(text('a string, a pattern of images'), 'a list of patterns of images'),
      v.description(
        `Patterns of images that the charts must contain, as in ignore. A missing image fails the run. ${patternSyntax}`,
      ),
    ),
  ),
  'extra-images': v.optional(
    v.pipe(
      v.array(text('a string, a reference of an image'), 'a list of references of images'),
      v.description('Additional images that the charts need, checked and copied like the others.'),
    ),
  ),
  paths: v.optional(
    v.pipe(
      v.array(path, 'a list of objects with kind, apiVersion and path'),
      v.description('Fields that contain an image, in kinds that chart-images does not support.'),
    ),
  ),
};
