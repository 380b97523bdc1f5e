import * as v from 'valibot';
import { inputsEntries } from './config-inputs-schema.ts';
import { rulesEntries } from './config-rules-schema.ts';
import { object, text } from './schema-errors.ts';

/**
 * The schema of chart-images.yaml, from which scripts/generate.ts writes `chart-images.schema.json` for editors. Keys
 * of inputs are in kebab-case, keys of charts in camelCase, as in Chart.yaml.
 */
const scalar = v.union([v.string(), v.number(), v.boolean(), v.null()]);

const set = v.pipe(
  v.union(
    [v.array(text('a string of the form key=value')), v.record(v.string(), scalar)],
    'a list of "key=value" strings, or an object of strings, numbers, true, false or null',
  ),
  v.description("Values as helm's --set takes them: key=value strings, or an object of dotted keys and scalar values."),
);

const values = v.pipe(
  v.array(text('a string, the path of a values file'), 'a list of paths of values files'),
  v.description('Values files, applied in order. Later files win. Paths are relative to this file.'),
);

const valueSet = object(
  {
    name: v.pipe(
      text('a string, the name of the value set'),
      v.description('Name of the value set in reports, unique in its chart.'),
    ),
    values: v.optional(values),
    set: v.optional(set),
  },
  'an object with name, values and set',
);

const chart = object(
  {
    chart: v.pipe(
      text('a string, where the chart is'),
      v.description(
        'Folder, .tgz, .tar.gz, .tar or a glob of those, relative to this file; oci://host/path:version; https://repo.example/charts#name@version. With ! in front, a glob of matches to leave out.',
      ),
    ),
    values: v.optional(values),
    set: v.optional(set),
    valueSets: v.optional(
      v.pipe(
        v.array(valueSet, 'a list of value sets, objects with name, values and set'),
        v.minLength(1, 'a list of at least one value set'),
        v.description(
          'Value sets. The chart is rendered once for each, in addition to the values and set of this entry.',
        ),
      ),
    ),
  },
  'an object with chart, values, set and valueSets',
);

export const configSchema = object(
  {
    charts: v.optional(
      v.pipe(
        v.array(chart, 'a list of objects with the key chart'),
        v.description('Charts to check. The inputs charts and input-file override them.'),
      ),
    ),
    'image-sources': v.optional(
      v.pipe(
        v.array(
          text('a string, a registry with an optional namespace, or upstream'),
          'a list of registries with optional namespaces',
        ),
        v.minLength(1, 'a list of at least one registry with an optional namespace, or upstream'),
        v.description(
          'Registries to search, in this order, each with an optional namespace. upstream is the registry in the reference.',
        ),
      ),
    ),
    ...inputsEntries,
    ...rulesEntries,
  },
  'an object with charts, image-sources, rules and inputs',
);

export type Config = v.InferOutput<typeof configSchema>;
export type ConfigChart = NonNullable<Config['charts']>[number];
