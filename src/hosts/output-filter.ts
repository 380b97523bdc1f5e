import type { Annotation } from '../report/model/annotations.ts';
import type { Mask } from '../report/model/mask.ts';
import { escapeWorkflowCommands, visibleText } from './escape-workflow-commands.ts';
import { isForRunner } from './runner-masks.ts';

/** Shorter secrets, and lines of one (`}`, `--`), give nothing away, and masking them would leave nothing of the log. */
const shortestLine = 4;

/** What NIST SP 800-63B asks of a password at least. A shorter one is a word, and its gap in a public name would reveal it. */
const shortestInName = 8;

/** A server chooses its tokens, so a short one may be any word. Random ones of 96 bits have 16 characters in base64. */
const shortestToken = 16;

/** A private key of 4,096 bits has 52 lines; each line costs a command. */
const mostCommands = 200;

/**
 * Hides secrets from what a host shows as text. The runners mask too, but neither masks a report, an output or an uploaded file.
 */
export class OutputFilter {
  #hidden: readonly string[] = [];
  #hiddenInNames: readonly string[] = [];
  readonly #known = new Set<string>();

  /** Hides a secret of the user from now on; returns the texts that the host should ask its runner to mask, each of them once. */
  addSecret(secret: string): readonly string[] {
    if (secret.trim().length < shortestLine || this.#known.has(secret)) return [];
    const lines = secret
      .split(/\r\n|\n|\r/)
      .map((line) => line.trim())
      .filter((line) => line.length >= shortestLine);
    const texts = (/[\r\n]/.test(secret) ? lines : [secret]).filter((text) => !this.#known.has(text));
    for (const text of [secret, ...texts]) this.#known.add(text);
    const all = [secret, secret.trim(), ...lines];
    this.#hidden = longestFirst(this.#hidden, all.flatMap(formsOf));
    const unmistakable = all.filter((text) => text.length >= shortestInName);
    this.#hiddenInNames = longestFirst(this.#hiddenInNames, unmistakable.flatMap(formsOf));
    return texts.filter(isForRunner).slice(0, mostCommands);
  }

  /**
   * Hides a token that a server issued to this run. Nobody else knows it, so it is in no name unless the server made it one, and
   * there it hides nothing.
   */
  hideIssued(token: string): readonly string[] {
    if (token.length < shortestToken || this.#known.has(token)) return [];
    this.#known.add(token);
    this.#hidden = longestFirst(this.#hidden, formsOf(token));
    return couldBePartOfName.test(token) ? [] : [token];
  }

  /** Takes secrets out and leaves the rest as it is. */
  readonly mask: Mask = {
    text: (text) => withoutSecrets(text, this.#hidden),
    name: (text) => withoutSecrets(text, this.#hiddenInNames),
  };

  /** Harmless lines of prose without secrets. Masked twice: breaking up commands may put a secret together. */
  lines(text: string): readonly string[] {
    return escapeWorkflowCommands(this.mask.text(text)).map(this.mask.text);
  }

  /** The same with its line ends, for places where the host's own escaping carries them. */
  text(text: string): string {
    return this.lines(text).join('\n');
  }

  line(text: string): string {
    return this.lines(text).join(' ');
  }

  /** A harmless annotation without secrets. Its level and its title are of closed lists. */
  annotation({ level, title, message, file, line, column }: Annotation): Annotation {
    return {
      level,
      title: escapeWorkflowCommands(title).join(' '),
      message: this.text(message),
      ...(file === undefined ? {} : { file: escapeWorkflowCommands(this.mask.name(file)).join(' ') }),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    };
  }
}

/**
 * Part of a tag, or of a host or repository path, which are in lower case (OCI distribution-spec, "Pulling manifests"). GitHub
 * drops a job's outputs that hold a masked text: with such a token a server could make them disappear.
 */
const couldBePartOfName = /^(?:[\w.-]{1,128}|[a-z0-9._/-]+)$/;

/** The longest first: a secret that holds another one must not be cut in two by it. */
function longestFirst(known: readonly string[], more: readonly string[]): readonly string[] {
  const fresh = [...new Set(more)].filter((text) => !known.includes(text));
  return [...known, ...fresh].sort((a, b) => b.length - a.length);
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  if (secrets.length === 0) return text;
  const masked = replaceAll(text, secrets);
  // What a chart put between the parts of a secret is gone when it is shown.
  const visible = visibleText(masked);
  if (visible === masked) return masked;
  const again = replaceAll(visible, secrets);
  return again === visible ? masked : again;
}

function replaceAll(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

/** A secret as it is in text, in JSON, in a URL and in a form, which writes blanks and some signs in another way. */
function formsOf(secret: string): readonly string[] {
  // Lone surrogates, which a URL cannot hold, become U+FFFD, as they do when they are printed.
  const wellFormed = Buffer.from(secret).toString();
  const inForm = new URLSearchParams({ '': wellFormed }).toString().slice('='.length);
  return [secret, wellFormed, JSON.stringify(wellFormed).slice(1, -1), encodeURIComponent(wellFormed), inForm];
}
