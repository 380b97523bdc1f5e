/** An element with either text or elements inside. Attributes and text are plain: they are escaped where they are written. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly content: string | readonly Element[];
}

/** The document as UTF-8 text, each element on a line of its own; ends with a line end. */
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

/** Everything that is not a `Char` of XML 1.0, section 2.2: no reference can stand for it, a parser refuses the document. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Line ends of an element's text stay as they are, but for the one that a parser would turn into another (section 2.11). */
function escapeText(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>\r]/g, reference);
}

/** Blanks other than the space too: a parser makes spaces of them in the value of an attribute (section 3.3.3). */
function escapeAttribute(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>"\t\r\n]/g, reference);
}

function reference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
