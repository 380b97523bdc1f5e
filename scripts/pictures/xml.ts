import { round } from './text-width.ts';

const references: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => references[character] ?? character);
}

/** One run of text at its baseline, forced to the width that the layout counted with. */
export function svgText(text: string, x: number, y: number, width: number, classes: string): string {
  const length = `textLength="${round(width)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text x="${round(x)}" y="${round(y)}" ${length} class="${classes}" xml:space="preserve">${escapeXml(text)}</text>`;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** What a screen reader says. */
  readonly title: string;
  /** CSS. */
  readonly style: string;
  /** Elements, one a line. */
  readonly lines: readonly string[];
}

export function svgFile({ width, height, title, style, lines }: Picture): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${Math.ceil(height)}" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" role="img">
<title>${escapeXml(title)}</title>
<style>
${style.trim()}
</style>
${lines.join('\n')}
</svg>
`;
}
