import { splitWords } from '../../discovery/classify/split-words.ts';
import { formatValuePath } from '../tree/scalar-value.ts';
import type { LineHints, TemplateHints } from './template-hints.ts';
import { isEnablingName, type Toggle, togglePathKey } from './toggle.ts';

/** A path of one key may be an ordinary word. */
const shortestPath = 2;

/**
 * Toggles that a helm error names by path (`metrics.enabled`, relative to any chart, or `/metrics/enabled` for schema
 * errors), otherwise those that the failing line depends on.
 */
export async function togglesInError(
  reason: string,
  toggles: readonly Toggle[],
  hints: TemplateHints,
): Promise<readonly Toggle[]> {
  const paths = new Set(reason.match(/[A-Za-z_][\w-]*(?:[./][A-Za-z_][\w-]*)+/g)?.flatMap(suffixesOf));
  const named = toggles.filter(({ keys }) => {
    // "metrics and exporter.metrics exclude each other" means their `enabled`.
    const owner = isEnablingName(splitWords(keys.at(-1) ?? '')) ? keys.slice(0, -1) : keys;
    return [keys, owner].some((path) => pathSuffixes(path).some((tail) => paths.has(formatValuePath(tail))));
  });
  if (named.length > 0) return named;
  for (const { template, line } of failingTemplates(reason)) {
    const groups = line === undefined ? [await hints.ofTemplate(template)] : await groupsAt(template, line, hints);
    for (const values of groups) {
      const ids = new Set(values.map((keys) => togglePathKey({ keys })));
      const close = toggles.filter((each) => ids.has(togglePathKey(each)));
      if (close.length > 0) return close;
    }
    const { mentioned } = line === undefined ? { mentioned: [] } : await hints.ofLine(template, line);
    // A required value below a toggled map is caused by its toggle.
    const owners = new Set(mentioned.map((keys) => togglePathKey({ keys: keys.slice(0, -1) })));
    const beside = toggles.filter(
      ({ keys }) => keys.length > 1 && owners.has(togglePathKey({ keys: keys.slice(0, -1) })),
    );
    if (beside.length > 0) return beside;
  }
  return [];
}

async function groupsAt(template: string, line: number, hints: TemplateHints): Promise<LineHints['conditions']> {
  const { conditions } = await hints.ofLine(template, line);
  // A file of named templates has no conditions as a whole.
  return isPartial(template) ? conditions : [...conditions, await hints.ofTemplate(template)];
}

function isPartial(template: string): boolean {
  return /(?:^|\/)_[^/]*$/.test(template);
}

/** The path relative to each of the parent charts. */
function pathSuffixes(keys: readonly string[]): readonly (readonly string[])[] {
  return keys.slice(shortestPath - 1).map((_, index) => keys.slice(index));
}

/** Also without the leading `Values`, with slashes as dots. */
function suffixesOf(path: string): readonly string[] {
  const names = path.split(/[./]/).filter((name) => name !== '' && name !== 'Values');
  return names.map((_, index) => names.slice(index).join('.'));
}

interface FailingTemplate {
  readonly template: string;
  readonly line: number | undefined;
}

/**
 * Innermost first, because helm prints the outermost first. For text that is not YAML, helm prints only the template.
 */
function failingTemplates(reason: string): readonly FailingTemplate[] {
  const rendered = /YAML parse error on ([^\s:]+): /.exec(reason)?.[1];
  if (rendered !== undefined) return [{ template: rendered, line: undefined }];
  const matches = [...reason.matchAll(/(?<![\w./-])\/*([\w./-]+):(\d+)/g)].filter(([text]) =>
    text.includes('/templates/'),
  );
  return matches.map(([, template = '', line]) => ({ template, line: Number(line) })).reverse();
}
