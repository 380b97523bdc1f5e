/**
 * A parser of XML 1.0 for these tests, apart from the code under test: it refuses everything that a conforming parser
 * refuses of the part it knows.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The element's own text, without that of its children. */
  readonly text: string;
}

/** Production 2 (`Char`), as what is not one. */
const noChar = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const names = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" } as const;

/** Throws what is wrong. No DTDs, comments, sections or instructions: the files under test have none. */
export function readXml(source: string): XmlElement {
  if (noChar.test(source)) throw new Error('a character that XML forbids');
  // Section 2.11: what a parser makes of line ends before it reads anything.
  const text = source.replace(/\r\n?/g, '\n');
  const declaration = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/.exec(text);
  if (!declaration) throw new Error('no XML declaration');
  const { element, end } = readElement(text, declaration[0].length);
  if (text.slice(end).trim() !== '') throw new Error('something after the root');
  return element;
}

function readElement(source: string, start: number): { readonly element: XmlElement; readonly end: number } {
  const tag = /<([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.-]*="[^"<]*")*)\s*(\/?)>/y;
  tag.lastIndex = start;
  const [, name = '', list = '', empty = ''] = tag.exec(source) ?? [];
  if (name === '') throw new Error(`no start tag at ${source.slice(start, start + 40)}`);
  const attributes = readAttributes(list);
  if (empty === '/') return { element: { name, attributes, children: [], text: '' }, end: tag.lastIndex };
  const children: XmlElement[] = [];
  let text = '';
  let at = tag.lastIndex;
  for (;;) {
    const next = source.indexOf('<', at);
    if (next < 0) throw new Error(`${name} does not end`);
    if (source.slice(at, next).includes(']]>')) throw new Error(']]> in text');
    text += resolve(source.slice(at, next));
    if (source.startsWith(`</${name}>`, next)) {
      return { element: { name, attributes, children, text }, end: next + `</${name}>`.length };
    }
    const child = readElement(source, next);
    children.push(child.element);
    at = child.end;
  }
}

function readAttributes(list: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of list.matchAll(/([\w.-]+)="([^"]*)"/g)) {
    if (found.has(name)) throw new Error(`${name} is there twice`);
    // Section 3.3.3: literal blanks become spaces, referenced ones stay.
    found.set(name, resolve(value.replace(/[\t\n]/g, ' ')));
  }
  return Object.fromEntries(found);
}

function resolve(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const number = /^#(\d+)$/.exec(name)?.[1];
    const character = number
      ? String.fromCodePoint(Number(number))
      : Object.entries(names).find(([key]) => key === name)?.[1];
    if (!whole.endsWith(';') || character === undefined || noChar.test(character))
      throw new Error(`bad reference ${whole}`);
    return character;
  });
}
