/** What a terminal shows, as an SVG: lines of monospace text in the colors that the bundle asked for. */
import { codeAdvance, textWidth } from './text-width.ts';
import { svgFile, svgText } from './xml.ts';

const fontSize = 12;
const lineHeight = 18;
const padding = 16;
const barHeight = 28;

/** Always dark, like a terminal, and therefore readable on every page. */
const style = `
text { font: ${fontSize}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; fill: #d1d7e0; }
.bold { font-weight: 700; fill: #ffffff; }
.red { fill: #ff7b72; }
.green { fill: #56d364; }
.yellow { fill: #e3b341; }
.dim { fill: #9198a1; }
.prompt { fill: #79c0ff; }
`;

/** Select graphic rendition (ECMA-48) as Node's styleText writes it. */
const classes: Readonly<Record<string, string>> = {
  '0': '',
  '1': 'bold',
  '2': 'dim',
  '22': '',
  '31': 'red',
  '32': 'green',
  '33': 'yellow',
  '39': '',
};

interface Span {
  readonly text: string;
  readonly style: string;
}

export function terminalSvg(printed: string, columns: number): string {
  const rows = printed
    .trimEnd()
    .split('\n')
    .flatMap((line) => wrap(spansOf(line), columns));
  const width = columns * codeAdvance * fontSize + 2 * padding;
  const height = barHeight + rows.length * lineHeight + 2 * padding;
  const lines = rows.flatMap((spans, row) => spanTexts(spans, barHeight + padding + row * lineHeight + fontSize));
  return svgFile({
    width,
    height,
    title: 'chart-images checks a chart in a terminal: three images are found, one is absent',
    style,
    lines: [
      `<rect width="100%" height="100%" rx="8" fill="#0d1117" stroke="#3d444d"/>`,
      ...['#ff5f57', '#febc2e', '#28c840'].map(
        (color, at) => `<circle cx="${padding + 4 + at * 18}" cy="${barHeight / 2 + 2}" r="5" fill="${color}"/>`,
      ),
      ...lines,
    ],
  });
}

function spansOf(line: string): readonly Span[] {
  if (line.startsWith('$ ')) {
    return [
      { text: '$ ', style: 'prompt' },
      { text: line.slice(2), style: 'bold' },
    ];
  }
  let style = '';
  const spans: Span[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences begin with a control character
  for (const [at, part] of line.split(/\u001b\[(\d*)m/).entries()) {
    if (at % 2 === 0) spans.push({ text: part, style });
    else {
      const known = classes[part];
      if (known === undefined) throw new Error(`no color for the terminal sequence ${part}`);
      style = known;
    }
  }
  return spans;
}

/** Breaks a line where a terminal of this width does. */
function wrap(spans: readonly Span[], columns: number): readonly (readonly Span[])[] {
  const letters = spans.flatMap(({ text, style }) => [...text].map((text): Span => ({ text, style })));
  const rows = [];
  for (let at = 0; at === 0 || at < letters.length; at += columns) rows.push(letters.slice(at, at + columns));
  return rows;
}

/** Neighbors of one style become one text; blanks are only moved over. */
function spanTexts(letters: readonly Span[], y: number): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < letters.length; ) {
    const style = letters[at]?.style ?? '';
    let end = at;
    while (end < letters.length && letters[end]?.style === style) end += 1;
    const text = letters
      .slice(at, end)
      .map((letter) => letter.text)
      .join('');
    // A text for each word group keeps columns aligned whatever the reader's font is.
    for (const { 0: words, index } of text.matchAll(/\S+(?: \S+)*/g)) {
      const x = padding + (at + index) * codeAdvance * fontSize;
      texts.push(svgText(words, x, y, textWidth(words, 'code', fontSize), style));
    }
    at = end;
  }
  return texts;
}
