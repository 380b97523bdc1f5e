/** An element with either text or child elements. Attributes and text are not escaped yet. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly content: string | readonly Element[];
}

/** The document, with each element on its own line and a final line break. */
export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root, '').join('\n')}\n`;
}

function lines({ name, attributes, content }: Element, indent: string): readonly string[] {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`);
  const start = `${indent}<${name}${pairs.join('')}`;
  if (content.length === 0) return [`${start}/>`];
  if (typeof content === 'string') return [`${start}>${escapeText(content)}</${name}>`];
  return [`${start}>`, ...content.flatMap((element) => lines(element, `${indent}  `)), `${indent}</${name}>`];
}

/** Everything that is not a `Char` (XML 1.0, section 2.2); parsers reject it, also as a reference. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Escapes carriage returns, which parsers would normalize (section 2.11). */
function escapeText(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>\r]/g, reference);
}

/** Also escapes tabs and line breaks, which parsers normalize to spaces in attributes (section 3.3.3). */
function escapeAttribute(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>"\t\r\n]/g, reference);
}

function reference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
