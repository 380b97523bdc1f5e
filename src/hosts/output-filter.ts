import type { Annotation } from '../report/model/annotations.ts';
import type { Mask } from '../report/model/mask.ts';
import { escapeWorkflowCommands, visibleText } from './escape-workflow-commands.ts';
import { isForRunner } from './runner-masks.ts';

/** Shorter secrets and lines (`}`, `--`) reveal nothing, and masking them would make the log unreadable. */
const shortestLine = 4;

/**
 * The minimum password length of NIST SP 800-63B. A shorter one may be a word, and a gap in a public name would reveal
 * it.
 */
const shortestInName = 8;

/** A server chooses its tokens, so a short one may be a word. 96 random bits have 16 characters in base64. */
const shortestToken = 16;

/** Each line needs a command. A private key of 4,096 bits has 52 lines. */
const mostCommands = 200;

/**
 * Masks secrets in all texts of a host. Runners mask only their logs, not reports, outputs and uploaded files.
 */
export class OutputFilter {
  #hidden: readonly string[] = [];
  #hiddenInNames: readonly string[] = [];
  readonly #known = new Set<string>();

  /** Masks a secret from now on. Returns the texts that the runner should also mask, each only once. */
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
   * Masks a token that a server issued to this run, in prose only: a name contains it only if the server chose that
   * name.
   */
  addIssuedToken(token: string): readonly string[] {
    if (token.length < shortestToken || this.#known.has(token)) return [];
    this.#known.add(token);
    this.#hidden = longestFirst(this.#hidden, formsOf(token));
    return couldBePartOfName.test(token) ? [] : [token];
  }

  /** Masks secrets and changes nothing else. */
  readonly mask: Mask = {
    text: (text) => withoutSecrets(text, this.#hidden),
    name: (text) => withoutSecrets(text, this.#hiddenInNames),
  };

  /** Escaped lines without secrets. Masked twice, because escaping can join the parts of a secret. */
  lines(text: string): readonly string[] {
    return escapeWorkflowCommands(this.mask.text(text)).map(this.mask.text);
  }

  /** The same with line breaks, for hosts that escape them. */
  text(text: string): string {
    return this.lines(text).join('\n');
  }

  line(text: string): string {
    return this.lines(text).join(' ');
  }

  /** An escaped annotation without secrets. Level and title are from closed lists. */
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
 * Part of a tag, or of a host or repository path in lower case (OCI distribution-spec, "Pulling manifests"). GitHub
 * drops job outputs that contain a masked text, so with such a token a server could remove them.
 */
const couldBePartOfName = /^(?:[\w.-]{1,128}|[a-z0-9._/-]+)$/;

/** Longest first, because a secret can contain another one. */
function longestFirst(known: readonly string[], more: readonly string[]): readonly string[] {
  const fresh = [...new Set(more)].filter((text) => !known.includes(text));
  return [...known, ...fresh].sort((a, b) => b.length - a.length);
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  if (secrets.length === 0) return text;
  const masked = replaceAll(text, secrets);
  // A chart can put invisible characters into a secret.
  const visible = visibleText(masked);
  if (visible === masked) return masked;
  const again = replaceAll(visible, secrets);
  return again === visible ? masked : again;
}

function replaceAll(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

/** A secret in plain text, JSON, URL encoding and form encoding. */
function formsOf(secret: string): readonly string[] {
  // Lone surrogates become U+FFFD, as in output. A URL cannot contain them.
  const wellFormed = Buffer.from(secret).toString();
  const inForm = new URLSearchParams({ '': wellFormed }).toString().slice('='.length);
  return [secret, wellFormed, JSON.stringify(wellFormed).slice(1, -1), encodeURIComponent(wellFormed), inForm];
}
