import { neutralise, neutraliseJson } from './neutralise.ts';

/** Shorter secrets, and lines of one (`}`, `--`), give nothing away, and masking them would leave nothing of the log. */
const shortestLine = 4;

/** Select graphic rendition of ECMA-48, captured so that `split` keeps it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences begin with a control character
const colour = /(\u001b\[[0-9;]{0,20}m)/;

/**
 * What stands between the program and everything a host lets out: secrets become `***` and nothing speaks for the
 * runner. The runners mask too, but neither masks a report, an output or an uploaded file.
 */
export class Screen {
  #hidden: readonly string[] = [];
  readonly #told = new Set<string>();

  /** Hides the secret from now on; gives the texts that the host should ask its runner to mask, each of them once. */
  hide(secret: string): readonly string[] {
    if (secret.trim().length < shortestLine || this.#told.has(secret)) return [];
    const lines = secret
      .split(/\r\n|\n|\r/)
      .map((line) => line.trim())
      .filter((line) => line.length >= shortestLine);
    const texts = (/[\r\n]/.test(secret) ? lines : [secret]).filter((text) => !this.#told.has(text));
    for (const text of [secret, ...texts]) this.#told.add(text);
    // Forms of forms would double the backslashes of JSON with each secret that comes.
    const forms = new Set([...this.#hidden, ...[secret, secret.trim(), ...lines].flatMap(formsOf)]);
    // The longest first: a secret that holds another one must not be cut in two by it.
    this.#hidden = [...forms].sort((a, b) => b.length - a.length);
    return texts;
  }

  /** Harmless lines without secrets. Hidden twice: what a chart put between the parts of a secret is gone after the first. */
  lines(text: string): readonly string[] {
    return neutralise(this.masked(text)).map((line) => this.masked(line));
  }

  /** The same with its line ends, for places where the host's own escaping carries them. */
  text(text: string): string {
    return this.lines(text).join('\n');
  }

  line(text: string): string {
    return this.lines(text).join(' ');
  }

  /** The same with its line ends, and with the colours that the program itself put in. Only for a terminal. */
  coloured(text: string): string {
    const parts = text.split(colour);
    return parts.map((part, index) => (index % 2 === 1 ? part : this.text(part))).join('');
  }

  json(text: string): string {
    return neutraliseJson(this.masked(text));
  }

  /** For files and values that no runner scans for commands. */
  masked(text: string): string {
    return this.#hidden.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  }
}

/** A secret as it stands in text, in JSON, in a URL and in a form, which writes blanks and some signs in another way. */
function formsOf(secret: string): readonly string[] {
  // Lone surrogates, which a URL can not hold, become U+FFFD, as they do when they are printed.
  const wellFormed = Buffer.from(secret).toString();
  const inForm = new URLSearchParams({ '': wellFormed }).toString().slice('='.length);
  return [secret, wellFormed, JSON.stringify(wellFormed).slice(1, -1), encodeURIComponent(wellFormed), inForm];
}
