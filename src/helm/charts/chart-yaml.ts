import * as v from 'valibot';
import { ChartImagesError, type SourceLocation } from '../../core/errors.ts';
import { findExcessiveNesting } from '../../core/files/yaml-depth.ts';
import type { ChartDependency, ChartMetadata } from './chart.ts';

/** Chart.yaml files have a few kilobytes; those with long artifacthub annotations some hundred. */
export const maximumChartYamlBytes = 1024 * 1024;

/** A Chart.yaml has three or four levels; its annotations carry deeper YAML as text. */
const deepestNesting = 64;

/** A text of Chart.yaml or requirements.yaml. */
export interface ChartYaml {
  readonly text: string;
  /** How messages name it. */
  readonly name: string;
  /** The archive that it lies in, where no line of it can be opened; undefined: the text is a file of its own. */
  readonly archive: string | undefined;
}

/** Helm turns numbers and booleans into text where it expects text (`version: 1.0`, `appVersion: 2`). */
const text = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], 'has to be a text'),
  v.transform((value) => String(value)),
);
const optionalText = v.nullish(text);

const dependencySchema = v.object({
  name: text,
  version: optionalText,
  repository: optionalText,
  alias: optionalText,
});
const dependenciesSchema = v.nullish(v.array(dependencySchema, 'has to be a list'));

const chartSchema = v.object({
  name: v.pipe(text, v.regex(/^[^/\\\s]+$/, 'is not a chart name')),
  version: v.pipe(text, v.nonEmpty('is empty')),
  type: optionalText,
  kubeVersion: optionalText,
  annotations: v.nullish(v.record(v.string(), v.nullish(text), 'has to be a map of texts')),
  dependencies: dependenciesSchema,
});
const requirementsSchema = v.object({ dependencies: dependenciesSchema });

/**
 * Reads Chart.yaml, and requirements.yaml where a chart still has one: its list then stands for Chart.yaml's, as in
 * helm's loader. Errors: `chart-invalid` with line and column for what is not YAML or not a chart.
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
    throw invalid(source, 'is nested too deeply', { line: source.text.slice(0, tooDeep).split('\n').length });
  // Helm accepts repeated keys, the last one counts.
  const document = parseDocument(source.text, { uniqueKeys: false, prettyErrors: true, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    const start = error.linePos?.[0];
    const reported = error.message.split('\n')[0]?.replace(/:$/, '') ?? error.code;
    throw invalid(source, `is not valid YAML: ${reported}`, start && { line: start.line, column: start.col });
  }
  try {
    return document.toJS();
  } catch (cause) {
    // The library's bound on aliases ("billion laughs").
    throw invalid(source, `is not valid YAML: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function check<Schema extends v.GenericSchema>(schema: Schema, value: unknown, source: ChartYaml) {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const key = v.getDotPath(issue);
  throw invalid(source, key === null ? 'is not a map' : `lacks a usable "${key}": ${issue.message}`);
}

function invalid(source: ChartYaml, reason: string, at?: Pick<SourceLocation, 'line' | 'column'>): ChartImagesError {
  return new ChartImagesError('chart-invalid', `${source.name} ${reason}.`, {
    advice: 'Fix it until `helm lint` passes.',
    place: source.archive === undefined ? { file: source.name, ...at } : { file: source.archive },
  });
}
