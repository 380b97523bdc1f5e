/**
 * The meta-schemas that helm carries in itself (3.14 to 4.2, observed with a recording proxy): compared with case, any other address
 * is asked over the network. Helm 3.14 asks for the newer ones where a reference names them, and not where `$schema` does.
 */
const asSchema = /^https?:\/\/json-schema\.org\/(?:schema|draft-0[467]\/schema|draft\/(?:2019-09|2020-12)\/schema)#?$/;
const asReference = /^https?:\/\/json-schema\.org\/draft-0[467]\/schema(?:#|$)/;

/** JSON Schema's keywords that make a validator open another document; what they mean depends on the draft. */
const referring: ReadonlySet<string> = new Set(['$ref', '$dynamicRef', '$recursiveRef', '$schema']);

/**
 * The first reference of a JSON Schema that a validator would open a file or ask a host for; undefined where there is none.
 * Keys count wherever they are, repeated ones too: whether an object is a schema depends on who refers to it. A relative
 * reference counts as well, because helm takes it from the root of the file system and not from the chart. A text that
 * is not JSON is refused by helm before any reference is followed. Pure, without recursion: nesting costs nothing.
 */
export function outsideReference(schema: string): string | undefined {
  let key: string | undefined;
  let last: string | undefined;
  for (const text of tokensOf(schema)) {
    if (text === ':') {
      key = last;
    } else if (text.startsWith('"')) {
      last = decode(text);
      if (key !== undefined && last !== undefined && referring.has(key) && leadsOutside(key, last)) return last;
      key = undefined;
    } else {
      key = undefined;
      last = undefined;
    }
  }
  return undefined;
}

/** Strings as they are written, and the characters between values. By hand: a regular expression fails on very long strings. */
function* tokensOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') {
      const start = at;
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
      yield text.slice(start, at + 1);
    } else if (':,{}[]'.includes(character)) {
      yield character;
    }
  }
}

function leadsOutside(key: string, reference: string): boolean {
  if (reference === '' || reference.startsWith('#')) return false;
  return !(key === '$schema' ? asSchema : asReference).test(reference);
}

/** Keys may be written with escapes (`"\u0024ref"`). */
function decode(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
