import * as v from 'valibot';
import { ChartImagesError, type SourceLocation } from '../../core/errors.ts';
import { findExcessiveNesting } from '../../core/files/yaml-depth.ts';
import type { ChartDependency, ChartMetadata, DependencyLocation } from './chart.ts';

/** Most files have a few kilobytes; those with long artifacthub.io annotations have some hundred. */
export const maximumChartYamlBytes = 1024 * 1024;

/** A Chart.yaml has three or four levels; deeper YAML in annotations is text. */
const deepestNesting = 64;

/** The text of a Chart.yaml or requirements.yaml. */
export interface ChartYaml {
  readonly text: string;
  /** The file in messages. */
  readonly name: string;
  /** The archive that contains it; undefined if it is a file on disk, in which an error can point to a line. */
  readonly archive: string | undefined;
}

/** Helm converts numbers and booleans to strings (`version: 1.0`, `appVersion: 2`). */
const text = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], 'must be a string'),
  v.transform((value) => String(value)),
);
const optionalText = v.nullish(text);

const dependencySchema = v.object({
  name: text,
  version: optionalText,
  repository: optionalText,
  alias: optionalText,
  condition: v.nullish(v.unknown()),
  tags: v.nullish(v.unknown()),
});
const dependenciesSchema = v.nullish(v.array(dependencySchema, 'must be a list'));

const chartSchema = v.object({
  name: v.pipe(text, v.regex(/^[^/\\\s]+$/, 'must be a chart name')),
  version: v.pipe(text, v.nonEmpty('must not be empty')),
  type: optionalText,
  kubeVersion: optionalText,
  annotations: v.nullish(v.record(v.string(), v.nullish(text), 'must be a map of strings')),
  dependencies: dependenciesSchema,
});
const requirementsSchema = v.object({ dependencies: dependenciesSchema });

/**
 * Parses Chart.yaml. The list of a requirements.yaml replaces that of Chart.yaml, as in Helm's loader.
 * Throws `chart-invalid` with line and column.
 */
export async function parseChartYaml(chartYaml: ChartYaml, requirements?: ChartYaml): Promise<ChartMetadata> {
  const parsed = await parseYaml(chartYaml);
  const chart = check(chartSchema, parsed.value, chartYaml);
  const parsedRequirements = requirements && (await parseYaml(requirements));
  const required =
    parsedRequirements && requirements && check(requirementsSchema, parsedRequirements.value, requirements);
  const annotations = Object.entries(chart.annotations ?? {}).map(([key, value]) => [key, value ?? ''] as const);
  return {
    name: chart.name,
    version: chart.version,
    type: chart.type === 'library' ? 'library' : 'application',
    kubeVersion: chart.kubeVersion ?? undefined,
    annotations: Object.fromEntries(annotations),
    dependencies:
      parsedRequirements && required?.dependencies
        ? required.dependencies.map((each, index) => asDependency(each, parsedRequirements.placeOf(index)))
        : (chart.dependencies ?? []).map((each, index) => asDependency(each, parsed.placeOf(index))),
  };
}

function asDependency(
  written: v.InferOutput<typeof dependencySchema>,
  at: DependencyLocation | undefined,
): ChartDependency {
  const optional = (written.condition ?? written.tags ?? undefined) !== undefined;
  return {
    name: written.name,
    version: written.version ?? '',
    repository: written.repository ?? '',
    alias: written.alias ?? undefined,
    ...(optional && { optional }),
    ...(at !== undefined && { at }),
  };
}

interface ParsedYaml {
  readonly value: unknown;
  /** Undefined if the entry is not written in the list, but is an alias of YAML. */
  placeOf(dependency: number): DependencyLocation | undefined;
}

async function parseYaml(source: ChartYaml): Promise<ParsedYaml> {
  const { isNode, Lexer, LineCounter, parseDocument } = await import('yaml');
  const tooDeep = findExcessiveNesting(source.text, new Lexer(), deepestNesting);
  if (tooDeep !== undefined)
    throw invalid(source, 'it is nested too deeply', { line: source.text.slice(0, tooDeep).split('\n').length });
  // Helm accepts repeated keys and uses the last one.
  const lineCounter = new LineCounter();
  const options = { uniqueKeys: false, prettyErrors: true, logLevel: 'silent', lineCounter } as const;
  const document = parseDocument(source.text, options);
  const [error] = document.errors;
  if (error !== undefined) {
    const start = error.linePos?.[0];
    const reported = error.message.split('\n')[0]?.replace(/:$/, '') ?? error.code;
    throw invalid(source, `it is not valid YAML: ${reported}`, start && { line: start.line, column: start.col });
  }
  const file = source.name.endsWith('requirements.yaml') ? 'requirements.yaml' : 'Chart.yaml';
  const placeOf = (dependency: number): DependencyLocation | undefined => {
    const item = document.getIn(['dependencies', dependency], true);
    const offset = isNode(item) ? item.range?.[0] : undefined;
    return offset === undefined ? undefined : { file, line: lineCounter.linePos(offset).line };
  };
  try {
    return { value: document.toJS(), placeOf };
  } catch (cause) {
    // The library limits aliases ("billion laughs").
    throw invalid(source, `it is not valid YAML: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function check<Schema extends v.GenericSchema>(schema: Schema, value: unknown, source: ChartYaml) {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const key = v.getDotPath(issue);
  throw invalid(source, key === null ? 'it is not a map' : `"${key}" is missing or invalid: ${issue.message}`);
}

function invalid(source: ChartYaml, reason: string, at?: Pick<SourceLocation, 'line' | 'column'>): ChartImagesError {
  return new ChartImagesError('chart-invalid', `Cannot read ${source.name}: ${reason}.`, {
    advice: 'Fix the file until `helm lint` passes.',
    location: source.archive === undefined ? { file: source.name, ...at } : { file: source.archive },
  });
}
