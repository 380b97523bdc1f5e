import type { HttpResponse } from '../../core/http/response.ts';

/** One way to authenticate that a server offers (RFC 9110, 11.6.1). */
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
 * Reads a WWW-Authenticate header. It may hold several challenges, and commas stand between challenges, between their
 * parameters and inside quotes (`scope="repository:a:pull,push"`). What cannot be read is passed over (the token
 * of Negotiate, for example).
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
