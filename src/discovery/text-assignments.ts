import { joinVariables } from './join-variables.ts';
import { mentionsImage } from './name-meaning.ts';
import type { NamedText } from './named-text.ts';

export interface JoinedInText {
  readonly image: string;
  /** 0-based line of the part that names the image. */
  readonly line: number;
}

/** `[worker.image]` and `[[images]]`, as TOML and INI begin a section. */
const headingLine = /^\[{1,2}\s*["']?([\w."'-]{1,100})\s*\]{1,2}$/;
const assignment = /^(?:export\s+)?([A-Za-z_][\w.-]{0,99})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))$/;

/** The title of a section that begins in a line. */
export function headingIn(code: string): string | undefined {
  return code.startsWith('[') ? headingLine.exec(code)?.[1] : undefined;
}

/**
 * References split over the assignments of a text, section by section: TOML, properties, files of environment variables.
 * Here more things than images have repositories and tags, so the name of the path has to say image.
 *
 * @param lines the text without comments and indentation
 */
export function joinAssignments(lines: readonly string[]): readonly JoinedInText[] {
  const found: JoinedInText[] = [];
  let section = '';
  let assigned: NamedText[] = [];
  const endSection = (): void => {
    const names = new Map(assigned.map(({ name, spot }) => [spot.linesBelow, name]));
    for (const sighting of assigned.length > 1 ? joinVariables(assigned) : []) {
      const line = sighting.spot.linesBelow;
      if (sighting.type === 'image' && mentionsImage(names.get(line) ?? ''))
        found.push({ image: sighting.image, line });
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
    const spot = { path: undefined, offset: 0, linesBelow: line };
    assigned.push({ name, text: double ?? single ?? bare ?? '', spot });
  }
  endSection();
  return found;
}
