import { ChartImagesError } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import { toCamelCase, toFlag } from '../inputs/input-names.ts';
import { inputs } from '../inputs/input-table.ts';
import type { Report } from '../report/model/report.ts';
import type { Host } from './host.ts';

/** How users write an input: by its kebab-case name. */
export type InputSpelling = (name: string) => string;

/**
 * `image-sources` on GitHub, `imageSources` in Azure Pipelines, `--image-sources` in a terminal. `keys` are names in an
 * input file that the run used instead.
 */
export function inputSpelling(host: Host['name'], keys: ReadonlyMap<string, string> = new Map()): InputSpelling {
  const spellings = { github: (name: string) => name, azure: toCamelCase, terminal: toFlag };
  return (name) => keys.get(name) ?? spellings[host](name);
}

/** Inputs in errors and findings as the host spells them. Errors about the content of a file name its keys. */
export function spellInputs(report: Report, spell: InputSpelling): Report {
  return {
    ...report,
    errors: report.errors.map((error) => spellError(error, spell)),
    findings: report.findings.map((finding) => spellFinding(finding, spell)),
  };
}

function spellError(error: ChartImagesError, spell: InputSpelling): ChartImagesError {
  const { code, message, location, cause } = error;
  const advice = spellText(error.advice, spell);
  const isAboutFile = location !== undefined && (code === 'schema' || code === 'syntax' || code === 'invalid-input');
  return new ChartImagesError(code, isAboutFile ? message : spellText(message, spell), { advice, location, cause });
}

function spellFinding(finding: Finding, spell: InputSpelling): Finding {
  return { ...finding, advice: spellText(finding.advice, spell) };
}

/** Longest first, because `fail-on` starts `fail-on-new`. */
const names = inputs.map(({ name }) => name).sort((a, b) => b.length - a.length);

/** `Input "push"`, `the input push`: other words of one syllable are ordinary words. */
const called = new RegExp(
  `(?:\\b(?:the )?input |\\bInput |(?<= requires )|(?<= and ))"?\\b(${names.join('|')})\\b(?![\\w-])"?`,
  'g',
);

/** Names with a dash, outside of paths, flags, and quotes. */
const dashed = new RegExp(
  `(?<![\\w./"'-])(${names.filter((name) => name.includes('-')).join('|')})(?![\\w/"'-]|\\.\\w)`,
  'g',
);

export function spellText(text: string, spell: InputSpelling): string {
  const withCalled = text.replace(called, (match: string, name: string) => {
    const spelled = spell(name);
    if (spelled === name) return match;
    if (!match.includes('nput ') && !match.includes('"')) return match;
    return spelled.startsWith('--') ? spelled : match.replace(name, spelled);
  });
  return withCalled.replace(dashed, (name) => spell(name));
}
