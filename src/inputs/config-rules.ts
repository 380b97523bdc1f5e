import { ChartImagesError } from '../core/errors.ts';
import { parseReference } from '../core/oci/reference.ts';
import { parsePathSteps } from '../discovery/policy/path-steps.ts';
import {
  type ConfiguredPath,
  defaultFloatingTags,
  type ExtraImage,
  type Ignore,
  type IgnorePatterns,
  type Policy,
} from '../discovery/policy/policy.ts';
import type { Config } from './config-schema.ts';
import { ErrorCollector, quote } from './input-errors.ts';
import { type DocumentPath, formatPath, type ParsedFile } from './parsed-file.ts';

type ConfigIgnore = NonNullable<Config['ignore']>[number];

/** Reads the user's rules and checks what a schema cannot. Throws all errors together, each with its location. */
export async function readRules(config: Config, document: ParsedFile): Promise<Policy> {
  const issues = new ErrorCollector();
  const each = async <From, To>(
    key: keyof Config,
    entries: readonly From[] | undefined,
    read: (entry: From, at: DocumentPath) => To,
  ) => {
    const values: To[] = [];
    for (const [index, entry] of (entries ?? []).entries()) {
      const value = await issues.keep<To | undefined>(() => read(entry, [key, index]), undefined);
      if (value !== undefined) values.push(value);
    }
    return values;
  };
  const policy: Policy = {
    ignores: await each('ignore', config.ignore, (entry, at) => readIgnore(entry, at, document)),
    required: await each('require', config.require, (pattern, at) => ({ pattern, location: document.locationOf(at) })),
    extraImages: await each('extra-images', config['extra-images'], (text, at) => readExtraImage(text, at, document)),
    paths: await each('paths', config.paths, (entry, at) => readPath(entry, at, document)),
    floatingTags: config['floating-tags'] ?? defaultFloatingTags,
  };
  issues.throwIfAny();
  return policy;
}

const patternKeys = [
  'image',
  'chart',
  'template',
  'kind',
  'name',
  'path',
] as const satisfies readonly (keyof IgnorePatterns)[];

function readIgnore(entry: ConfigIgnore, at: DocumentPath, document: ParsedFile): Ignore {
  const { reason, until } = entry;
  const patterns: IgnorePatterns = Object.fromEntries(
    patternKeys.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])),
  );
  if (Object.keys(patterns).length === 0) {
    throw ruleError(at, document, 'has no pattern', `Set at least one of ${patternKeys.join(', ')}.`);
  }
  if (until !== undefined && !isDay(until)) {
    throw ruleError(
      [...at, 'until'],
      document,
      `is ${quote(until)}, which is not a valid date (YYYY-MM-DD)`,
      'Write an existing date, for example 2027-12-31.',
    );
  }
  return { patterns, reason, until, location: document.locationOf(at) };
}

/** The schema accepts 2027-02-30. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function readExtraImage(text: string, at: DocumentPath, document: ParsedFile): ExtraImage {
  const parsed = parseReference(text);
  if (parsed.ok) return { reference: parsed.value, path: formatPath(at), location: document.locationOf(at) };
  throw ruleError(
    at,
    document,
    `is ${quote(text)}: ${parsed.reason}`,
    'Write a complete reference, such as docker.io/library/busybox:1.36.',
  );
}

function readPath(entry: NonNullable<Config['paths']>[number], at: DocumentPath, document: ParsedFile): ConfiguredPath {
  const { kind, apiVersion, path } = entry;
  const steps = parsePathSteps(path);
  if (steps.ok) return { kind, apiVersion, path, steps: steps.value, location: document.locationOf(at) };
  throw ruleError(
    [...at, 'path'],
    document,
    `is ${quote(path)}: ${steps.reason}`,
    'Write keys separated by dots, with [0] or [*] for list items.',
  );
}

function ruleError(path: DocumentPath, document: ParsedFile, what: string, advice: string): ChartImagesError {
  const location = document.locationOf(path);
  return new ChartImagesError('schema', `${formatPath(path)} in ${location.file} ${what}.`, { advice, location });
}
