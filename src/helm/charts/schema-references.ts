/**
 * The meta-schemas that Helm embeds (3.14 to 4.2, observed with a recording proxy). Addresses are case-sensitive, and
 * any other one is requested over the network. Helm 3.14 requests the newer drafts for a `$ref`, but not for `$schema`.
 */
const asSchema = /^https?:\/\/json-schema\.org\/(?:schema|draft-0[467]\/schema|draft\/(?:2019-09|2020-12)\/schema)#?$/;
const asReference = /^https?:\/\/json-schema\.org\/draft-0[467]\/schema(?:#|$)/;

/** JSON Schema keywords that make a validator open another document; their meaning depends on the draft. */
const referenceKeywords: ReadonlySet<string> = new Set(['$ref', '$dynamicRef', '$recursiveRef', '$schema']);

/**
 * The first reference that makes a validator open a file or a host; undefined if there is none. Pure, without
 * recursion. Any key counts, because references decide what is a schema. So do relative references: Helm resolves them
 * from the file system root. Text that is not JSON is safe, because Helm refuses it first.
 */
export function outsideReference(schema: string): string | undefined {
  let key: string | undefined;
  let last: string | undefined;
  for (const text of tokensOf(schema)) {
    if (text === ':') {
      key = last;
    } else if (text.startsWith('"')) {
      last = decode(text);
      if (key !== undefined && last !== undefined && referenceKeywords.has(key) && isExternal(key, last)) return last;
      key = undefined;
    } else {
      key = undefined;
      last = undefined;
    }
  }
  return undefined;
}

/** Strings in their JSON form, and punctuation. Not a regular expression, which fails on very long strings. */
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

function isExternal(key: string, reference: string): boolean {
  if (reference === '' || reference.startsWith('#')) return false;
  return !(key === '$schema' ? asSchema : asReference).test(reference);
}

/** A key can contain escapes (`"\u0024ref"`). */
function decode(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
