import * as v from 'valibot';
import { object, text } from './schema-errors.ts';

/** The user's rules over images, as chart-images.yaml has them (policy/policy.ts says what they mean). */
const patternWords =
  '* stands for anything within a component, ** for anything; the whole text has to match, upper and lower case count.';

const pattern = (what: string) =>
  v.optional(v.pipe(text(`a text, a pattern of ${what}`), v.description(`Pattern of ${what}. ${patternWords}`)));

const date = 'a date of the form YYYY-MM-DD';

const ignore = object(
  {
    image: v.optional(
      v.pipe(
        text('a text, a pattern of images'),
        v.description(
          `Pattern of references as charts write them; components end at /. Without a tag or digest it matches every version. ${patternWords}`,
        ),
      ),
    ),
    chart: pattern('the name of a chart, or of its path'),
    template: pattern('the template as helm names it, such as contoso/templates/tests/**'),
    kind: pattern('the kind of the object'),
    name: pattern('the name of the object'),
    path: pattern('the YAML path, such as spec.containers[*].image; components are keys and indices'),
    reason: v.pipe(text('a text, why it is ignored'), v.description('Why it is ignored. Every report shows it.')),
    until: v.optional(
      v.pipe(
        v.string(date),
        v.regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, date),
        v.description('The last day on which it holds, in UTC. From then on it only warns.'),
      ),
    ),
  },
  'an object with image, chart, template, kind, name or path, and a reason',
);

const path = object(
  {
    kind: v.pipe(text('a text, the kind of an object'), v.description('The kind of the object, letter for letter.')),
    apiVersion: v.optional(
      v.pipe(
        text('a text, an apiVersion'),
        v.description('Pattern of its apiVersion, such as operator.example/*. Without it: any.'),
      ),
    ),
    path: v.pipe(
      text('a text, a YAML path'),
      v.description('Where the image stands: spec.image, spec.images[*].ref, spec["odd.key"].image; * is any key.'),
    ),
  },
  'an object with kind, apiVersion and path',
);

export const rulesEntries = {
  ignore: v.optional(
    v.pipe(
      v.array(ignore, 'a list of objects with a pattern and a reason'),
      v.description(
        'Images that the run leaves alone: they are shown as ignored, neither looked for nor copied. All patterns of an entry have to match.',
      ),
    ),
  ),
  require: v.optional(
    v.pipe(
      v.array(text('a text, a pattern of images'), 'a list of patterns of images'),
      v.description(
        `Images that the charts have to name, as patterns like those of ignore; one that is missing fails the run. ${patternWords}`,
      ),
    ),
  ),
  'extra-images': v.optional(
    v.pipe(
      v.array(text('a text, a reference of an image'), 'a list of references of images'),
      v.description('Images that the charts need and do not name: looked for and copied like the others.'),
    ),
  ),
  paths: v.optional(
    v.pipe(
      v.array(path, 'a list of objects with kind, apiVersion and path'),
      v.description('Fields that name an image, in kinds that chart-images does not know.'),
    ),
  ),
};
