import { parseReference, parseTemplateReference } from '../../core/oci/reference.ts';

const needsValues = 'does the chart need values?';

/**
 * Why no container runtime accepts the text as a reference, as a clause about what is wrong with it. Undefined if the
 * text is a reference, also with a placeholder in the place of the registry.
 */
export function refusalReason(text: string): string | undefined {
  const parsed = parseTemplateReference(text);
  if (parsed.ok) return undefined;
  return schemeReason(text) ?? formatReason(text) ?? emptyReason(text) ?? tagReason(text) ?? parsed.reason;
}

function schemeReason(text: string): string | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  return scheme && `it starts with ${scheme}, which is not part of a reference`;
}

/** Go's formatting of a missing value, or of one of another type (fmt, "Format errors"). */
const formatError = /%!\w?\([^)]*\)?|<nil>|<no value>/;

/** True for `%!s(<nil>)` and `<no value>`, which are no placeholders. */
export function hasFormatError(text: string): boolean {
  return formatError.test(text);
}

function formatReason(text: string): string | undefined {
  const printed = formatError.exec(text)?.[0];
  return printed && `the template printed ${printed} for a missing or unsuitable value: ${needsValues}`;
}

/** Parts before an empty tag or digest, or after an empty repository. */
function emptyReason(text: string): string | undefined {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const name = colon < 0 ? named : named.slice(0, colon);
  const empty = [
    ...(name === '' || name.endsWith('/') ? ['repository'] : []),
    ...(colon === named.length - 1 && colon >= 0 ? ['tag'] : []),
    ...(at >= 0 && at === text.length - 1 ? ['digest'] : []),
  ];
  if (empty.length === 0) {
    return named.includes('//') ? `a part of its repository is empty: ${needsValues}` : undefined;
  }
  return `its ${empty.join(' and ')} ${empty.length === 1 ? 'is' : 'are'} empty: ${needsValues}`;
}

function tagReason(text: string): string | undefined {
  const [named = ''] = text.split('@');
  const tag = /:([^:/]*)$/.exec(named)?.[1] ?? '';
  if (/^\d(?:\.\d+)?e\+\d+$/.test(tag)) {
    return `the tag is a number that helm printed as ${tag}: write it in quotes, "${Number(tag)}"`;
  }
  return tag.includes('+') ? 'the tag contains "+", which no tag can: charts replace it with "_" or "-"' : undefined;
}

/**
 * As `refusalReason`, for a text that is certainly meant as a reference: a registry and a repository with a tag that is
 * empty, or that no registry accepts.
 */
export function wrongTagReason(text: string): string | undefined {
  const [, named, tag = ''] = /^([^\s@]+):([^\s@/:]*)$/.exec(text) ?? [];
  const parsed = named === undefined ? undefined : parseReference(named);
  if (!parsed?.ok || parsed.value.registry === undefined || parsed.value.tag !== undefined) return undefined;
  return tag === '' || tag.includes('+') ? refusalReason(text) : undefined;
}
