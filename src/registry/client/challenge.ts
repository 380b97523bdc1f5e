import type { HttpResponse } from '../../core/http/response.ts';

/** An authentication challenge (RFC 9110, 11.6.1). */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

export function challengesIn(response: HttpResponse): readonly Challenge[] {
  return parseChallenges(response.headers['www-authenticate'] ?? '');
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameterForm = new RegExp(`(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`, 'y');
const schemeForm = new RegExp(`(${token})(?=[\\s,]|$)`, 'y');
const unreadable = /[^\s,]+/y;

/**
 * Parses a WWW-Authenticate header with several challenges. Commas separate challenges and parameters, and may be in
 * quotes (`scope="repository:a:pull,push"`). Ignores unreadable parts, such as the token of Negotiate.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let position = 0;
  const next = (form: RegExp): RegExpExecArray | null => {
    form.lastIndex = position;
    const match = form.exec(header);
    if (match) position = form.lastIndex;
    return match;
  };
  const separator = /[\s,]*/y;
  for (next(separator); position < header.length; next(separator)) {
    const current = challenges.at(-1);
    const parameter = current && next(parameterForm);
    if (parameter) {
      const [, name = '', quoted, plain] = parameter;
      current.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
      continue;
    }
    const scheme = next(schemeForm);
    if (scheme) challenges.push({ scheme: scheme[0].toLowerCase(), parameters: {} });
    else next(unreadable);
  }
  return challenges;
}
