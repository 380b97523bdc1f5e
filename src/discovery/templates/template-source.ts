import { sum } from '../../core/sum.ts';
/** One line of a template file, split at its `{{ actions }}`. */
export interface TemplateLine {
  /** Literal texts around the actions, trimmed at both ends; a single literal means that there is no action. */
  readonly literals: readonly string[];
  /** Actions without braces; an action that spans lines is only in its first line. */
  readonly actions: readonly string[];
  /** Amount of literal text that identifies the line; 0 if none. */
  readonly weight: number;
}

/** Splits a template into lines of literals and actions; actions and comments can span lines. */
export function readTemplate(source: string): readonly TemplateLine[] {
  let inside = false;
  // The output of an action belongs to its first line, not to the arguments in later lines.
  let isActionRead = false;
  return source.split('\n').map((line) => {
    const literals: string[] = [];
    const actions: string[] = [];
    let literal = '';
    let rest = line.replace(/\r$/, '');
    for (;;) {
      const end = rest.indexOf(inside ? '}}' : '{{');
      const part = end < 0 ? rest : rest.slice(0, end);
      if (inside) {
        const action = part.replace(/^-|-$/g, '').trim();
        actions.push(isActionRead ? '' : action);
        isActionRead ||= action !== '';
      } else literal = part;
      if (end < 0) break;
      if (!inside) literals.push(literal);
      literal = '';
      rest = rest.slice(end + 2);
      inside = !inside;
      isActionRead = false;
    }
    literals.push(literal);
    return { literals: trimEnds(literals), actions, weight: literalWeight(literals) };
  });
}

function trimEnds(literals: readonly string[]): readonly string[] {
  return literals.map((text, index) => {
    const start = index === 0 ? text.trimStart() : text;
    return index === literals.length - 1 ? start.trimEnd() : start;
  });
}

const controlWords = /^(?:if|else|end|range|with|define|block|break|continue|\/\*|\$\w+\s*:?=)/;

/** True if an action of the line produces output. */
export function producesOutput(line: TemplateLine): boolean {
  return line.actions.some((action) => action !== '' && !controlWords.test(action));
}

/**
 * 0 if a rendered line does not match a template line, higher for more literal text. Searches literals from left to
 * right without a regular expression, so that a hostile template takes linear time.
 */
export function similarity(template: TemplateLine, rendered: string): number {
  const { literals, weight } = template;
  const first = literals[0] ?? '';
  if (literals.length === 1) return first !== '' && first === rendered ? 2 + weight : 0;
  const last = literals[literals.length - 1] ?? '';
  // A line of actions only matches everything.
  if (weight === 0 || !rendered.startsWith(first) || !rendered.endsWith(last)) return 0;
  let at = first.length;
  for (let index = 1; index < literals.length - 1; index += 1) {
    const literal = literals[index] ?? '';
    const found = rendered.indexOf(literal, at);
    if (found < 0) return 0;
    at = found + literal.length;
  }
  return at + last.length <= rendered.length ? 1 + weight : 0;
}

function literalWeight(literals: readonly string[]): number {
  return sum(literals.map((text) => Math.min(text.match(/[A-Za-z0-9]+/g)?.length ?? 0, 4)));
}
