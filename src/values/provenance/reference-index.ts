/** References have at most 1,024 characters, plus surrounding text. */
export const longestPart = 1100;
/** Sidecar templates have some ten images. */
const maximumEmbedded = 100;

export interface EmbeddedReference {
  readonly reference: string;
  readonly offset: number;
}

/** References of a chart, to search for in its values. */
export class ReferenceIndex {
  readonly #longestFirst: readonly string[];
  readonly #all: ReadonlySet<string>;
  /** Concatenated, so that most values cost one search. */
  readonly #joined: string;

  constructor(references: readonly string[]) {
    this.#all = new Set(references);
    this.#longestFirst = [...this.#all].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    this.#joined = `\n${this.#longestFirst.join('\n').toLowerCase()}\n`;
  }

  /** Positions of whole references in a text: the text itself, an argument, or a document. */
  embeddedIn(text: string): readonly EmbeddedReference[] {
    if (this.#all.has(text)) return [{ reference: text, offset: 0 }];
    if (!/[/:]/.test(text)) return [];
    const carried: EmbeddedReference[] = [];
    for (const reference of this.#longestFirst) {
      // A bare name also occurs in prose and paths.
      if (!/[/:]/.test(reference)) continue;
      for (let at = text.indexOf(reference); at >= 0; at = text.indexOf(reference, at + 1)) {
        const end = at + reference.length;
        const within = carried.some(({ offset, reference: longer }) => at < offset + longer.length && end > offset);
        if (!within && !isNamePart(text[at - 1]) && !isNamePart(text[end])) carried.push({ reference, offset: at });
        if (carried.length >= maximumEmbedded) return carried;
      }
    }
    return carried;
  }

  /** Whether a text is between separators of a reference, as charts print it: `1.0+b` as `1.0_b`, `v1` as `1`. */
  hasPart(text: string): boolean {
    const lower = text.toLowerCase();
    const forms = [lower, lower.replaceAll('+', '_'), lower.replaceAll('+', '-'), lower.replace(/^v(?=\d)/, '')];
    return forms.some((form) => this.#hasForm(form));
  }

  #hasForm(form: string): boolean {
    const all = this.#joined;
    for (let at = all.indexOf(form); at >= 0; at = all.indexOf(form, at + 1)) {
      const before = all.slice(at - 2, at);
      const after = all[at + form.length] ?? '\n';
      const opens = !/[a-z0-9]$/.test(before) || (/(?:^|[^a-z0-9])v$/.test(before) && /^\d/.test(form));
      if (opens && !/[a-z0-9]/.test(after)) return true;
    }
    return false;
  }
}

function isNamePart(character: string | undefined): boolean {
  return character !== undefined && /[\w./:@-]/.test(character);
}
