import * as v from 'valibot';
import { ChartImagesError, type SourceLocation } from '../../core/errors.ts';
import { findExcessiveNesting } from '../../core/files/yaml-depth.ts';
import type { ChartDependency, ChartMetadata } from './chart.ts';

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
  const chart = check(chartSchema, await parseYaml(chartYaml), chartYaml);
  const required =
    requirements === undefined ? undefined : check(requirementsSchema, await parseYaml(requirements), requirements);
  const annotations = Object.entries(chart.annotations ?? {}).map(([key, value]) => [key, value ?? ''] as const);
  return {
    name: chart.name,
    version: chart.version,
    type: chart.type === 'library' ? 'library' : 'application',
    kubeVersion: chart.kubeVersion ?? undefined,
    annotations: Object.fromEntries(annotations),
    dependencies: (required?.dependencies ?? chart.dependencies ?? []).map(asDependency),
  };
}

function asDependency(written: v.InferOutput<typeof dependencySchema>): ChartDependency {
  return {
    name: written.name,
    version: written.version ?? '',
    repository: written.repository ?? '',
    alias: written.alias ?? undefined,
  };
}

async function parseYaml(source: ChartYaml): Promise<unknown> {
  const { Lexer, parseDocument } = await import('yaml');
  const tooDeep = findExcessiveNesting(source.text, new Lexer(), deepestNesting);
  if (tooDeep !== undefined)
    throw invalid(source, 'it is nested too deeply', { line: source.text.slice(0, tooDeep).split('\n').length });
  // Helm accepts repeated keys and uses the last one.
  const document = parseDocument(source.text, { uniqueKeys: false, prettyErrors: true, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    const start = error.linePos?.[0];
    const reported = error.message.split('\n')[0]?.replace(/:$/, '') ?? error.code;
    throw invalid(source, `it is not valid YAML: ${reported}`, start && { line: start.line, column: start.col });
  }
  try {
    return document.toJS();
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
