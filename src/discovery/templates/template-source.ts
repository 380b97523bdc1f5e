/** One line of a template file, cut at its `{{ actions }}`. */
export interface TemplateLine {
  /** The literal texts around the actions, trimmed at both ends; one literal means that there is no action. */
  readonly literals: readonly string[];
  /** The texts of the actions of this line, without braces; of one that spans lines, only its first line has one. */
  readonly actions: readonly string[];
  /** How much literal text there is to recognize the line by; 0 when there is none. */
  readonly weight: number;
}

/** Cuts a template into lines of literals and actions; actions and comments may span lines. */
export function readTemplate(source: string): readonly TemplateLine[] {
  let inside = false;
  // What an action prints comes from the line that says what it is; its arguments in further lines print nothing more.
  let reported = false;
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
        actions.push(reported ? '' : action);
        reported ||= action !== '';
      } else literal = part;
      if (end < 0) break;
      if (!inside) literals.push(literal);
      literal = '';
      rest = rest.slice(end + 2);
      inside = !inside;
      reported = false;
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

/** True when the line has an action that prints something, possibly many lines. */
export function producesOutput(line: TemplateLine): boolean {
  return line.actions.some((action) => action !== '' && !controlWords.test(action));
}

/**
 * How well a rendered line fits a template line: 0 not at all, more for longer literal text. Literals are searched from
 * left to right, never with a regular expression, so that a hostile template costs no more than its length.
 */
export function similarity(template: TemplateLine, rendered: string): number {
  const { literals, weight } = template;
  const first = literals[0] ?? '';
  if (literals.length === 1) return first !== '' && first === rendered ? 2 + weight : 0;
  const last = literals[literals.length - 1] ?? '';
  // A line of actions alone fits everything, which says nothing.
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
  return literals.reduce((sum, text) => sum + Math.min(text.match(/[A-Za-z0-9]+/g)?.length ?? 0, 4), 0);
}
