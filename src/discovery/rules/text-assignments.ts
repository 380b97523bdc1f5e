import { mentionsImage } from '../classify/field-name.ts';
import type { NamedValue } from '../classify/named-value.ts';
import { joinVariables } from './join-variables.ts';

export interface AssembledInText {
  readonly image: string;
  /** 0-based line of the image part. */
  readonly line: number;
}

/** The start of a TOML or INI section: `[worker.image]`, `[[images]]`. */
const headingLine = /^\[{1,2}\s*["']?([\w."'-]{1,100})\s*\]{1,2}$/;
const assignment = /^(?:export\s+)?([A-Za-z_][\w.-]{0,99})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))$/;

export function headingIn(code: string): string | undefined {
  return code.startsWith('[') ? headingLine.exec(code)?.[1] : undefined;
}

/**
 * References that are split over assignments of one section: TOML, properties, environment files. The name of the path
 * must contain image, because other things have repositories and tags too.
 * @param lines without comments and indentation
 */
export function joinAssignments(lines: readonly string[]): readonly AssembledInText[] {
  const found: AssembledInText[] = [];
  let section = '';
  let assigned: NamedValue[] = [];
  const endSection = (): void => {
    const names = new Map(assigned.map(({ name, position }) => [position.linesBelow, name]));
    for (const match of assigned.length > 1 ? joinVariables(assigned) : []) {
      const line = match.position.linesBelow;
      if (match.type === 'image' && mentionsImage(names.get(line) ?? '')) found.push({ image: match.image, line });
    }
    assigned = [];
  };
  for (const [line, code] of lines.entries()) {
    const title = headingIn(code);
    if (title !== undefined) {
      endSection();
      section = `${title}.`;
      continue;
    }
    const [, key, double, single, bare] = assignment.exec(code) ?? [];
    if (key === undefined) continue;
    const name = `${section}${key}`;
    // A version alone is that of a program.
    if (/version$/i.test(key) && !mentionsImage(name)) continue;
    const position = { path: undefined, offset: 0, linesBelow: line };
    assigned.push({ name, text: double ?? single ?? bare ?? '', position });
  }
  endSection();
  return found;
}
