import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { findExcessiveNesting } from '../../core/files/yaml-depth.ts';

/** One version of a chart in the index.yaml of its repository. */
export interface IndexedChart {
  readonly version: string;
  /** Absolute, or relative to the repository. The first URL of the entry, as in Helm. */
  readonly url: string;
}

/** Characters to parse: a thousand versions of one chart have about 1 MiB. */
const maximumParsed = 8 * 1024 * 1024;

/** Chart entries have five or six levels. */
const deepestNesting = 64;

const text = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((value) => String(value)),
);
const entryShape = v.object({ version: text, urls: v.pipe(v.array(v.string()), v.minLength(1)) });

/**
 * The versions of one chart in an index.yaml (helm.sh/docs/topics/chart_repository), in the order of the index. Parses
 * only the section of the chart, because public indexes have 20 MB and more. Throws `chart-pull` for an invalid index.
 */
export async function chartsInIndex(index: string, name: string): Promise<readonly IndexedChart[]> {
  const entries = index.trimStart().startsWith('{') ? inJson(index, name) : await inYaml(index, name);
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const read = v.safeParse(entryShape, entry);
    const [url = ''] = read.success ? read.output.urls : [];
    return read.success ? [{ version: read.output.version, url }] : [];
  });
}

function inJson(index: string, name: string): unknown {
  try {
    return entriesOf(JSON.parse(index), name);
  } catch (cause) {
    throw notAnIndex(cause);
  }
}

async function inYaml(index: string, name: string): Promise<unknown> {
  const part = chartSection(index, name);
  // An index that Helm did not write is parsed as a whole, if it is small.
  const parsed = part ?? index;
  if (parsed.length > maximumParsed) {
    if (part === undefined) return undefined;
    throw notAnIndex(new Error(`the entries of ${name} are too large`));
  }
  const { Lexer, parseDocument } = await import('yaml');
  if (findExcessiveNesting(parsed, new Lexer(), deepestNesting) !== undefined) {
    throw notAnIndex(new Error('it is nested too deeply'));
  }
  const document = parseDocument(parsed, { uniqueKeys: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw notAnIndex(error);
  try {
    return entriesOf(document.toJS(), name);
  } catch (cause) {
    // The library limits aliases ("billion laughs").
    throw notAnIndex(cause);
  }
}

const indexShape = v.object({ entries: v.nullish(v.record(v.string(), v.unknown())) });

function entriesOf(index: unknown, name: string): unknown {
  const { entries } = v.parse(indexShape, index);
  return entries === null || entries === undefined || !Object.hasOwn(entries, name) ? undefined : entries[name];
}

/**
 * The lines of one chart in an index that Helm wrote: keys below `entries:` have the same indentation, and their
 * content is indented deeper or starts with `- `. Undefined if not found.
 */
function chartSection(index: string, name: string): string | undefined {
  const entries = /^entries:[ \t]*\r?\n/m.exec(index);
  if (entries === null) return undefined;
  const start = entries.index + entries[0].length;
  const indentation = /^ */.exec(index.slice(start, start + 64))?.[0] ?? '';
  const keys = [name, `"${name}"`, `'${name}'`].map((key) => `\n${indentation}${key}:`);
  const from = keys.map((key) => index.indexOf(key, start - 1)).find((at) => at >= 0);
  if (from === undefined) return undefined;
  const lines = [];
  for (let at = from + 1; at < index.length; ) {
    const end = index.indexOf('\n', at);
    const line = index.slice(at, end < 0 ? index.length : end);
    if (lines.length > 0 && !isInSection(line, indentation)) break;
    lines.push(line);
    at = end < 0 ? index.length : end + 1;
  }
  return `entries:\n${lines.join('\n')}\n`;
}

function isInSection(line: string, indentation: string): boolean {
  if (line.trim() === '') return true;
  const own = line.length - line.trimStart().length;
  return own > indentation.length || (own === indentation.length && line.startsWith('-', own));
}

function notAnIndex(cause: unknown): ChartImagesError {
  return new ChartImagesError('chart-pull', 'the index.yaml of the repository is invalid', {
    advice: 'Check that the URL is that of a Helm chart repository.',
    cause,
  });
}
