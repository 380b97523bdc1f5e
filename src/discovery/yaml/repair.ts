/**
 * Kubernetes' YAML reader accepts texts that the strict one refuses. These repairs change nothing but indentation, so
 * every value stays and every line keeps its number.
 */
export function repairIndentation(text: string): string {
  return indentContinuations(text.replace(/^[ ]*\t[ \t]*/gm, expandTabs));
}

/** Wide enough that a line which was indented by tabs alone stays below its parent. */
function expandTabs(indent: string): string {
  return indent.replaceAll('\t', '        ');
}

const blockHeader = /(?:^|\s)[|>][+-]?\d?[+-]?\s*$/;
/** A block scalar's header ends its line; looking at the end alone keeps long lines cheap. */
const headerLength = 200;

function opensBlock(line: string): boolean {
  return blockHeader.test(line.slice(-headerLength).replace(/\s#.*$/, ''));
}

/** Where a line leaves the reader: outside everything, or inside a quoted scalar or a flow collection. */
interface OpenScalar {
  quote: string;
  flows: number;
}

/**
 * Indents the lines inside a quoted scalar or a flow collection below the line that opened it: libyaml lets them stand
 * anywhere, the specification (YAML 1.2, 7.3) wants them indented.
 */
function indentContinuations(text: string): string {
  const open: OpenScalar = { quote: '', flows: 0 };
  let indent = 0;
  let blockIndent: number | undefined;
  const lines = text.split('\n').map((line) => {
    const own = line.length - line.trimStart().length;
    if (open.quote !== '' || open.flows > 0) {
      scanLine(line, open);
      return own > indent || line.trim() === '' ? line : ' '.repeat(indent + 1 - own) + line;
    }
    if (blockIndent !== undefined && (own > blockIndent || line.trim() === '')) return line;
    blockIndent = undefined;
    indent = own;
    if (opensBlock(line)) blockIndent = own;
    else scanLine(line, open);
    return line;
  });
  return lines.join('\n');
}

/** Follows quotes and brackets through one line. A quote counts only where a scalar can begin (`it's` has none). */
function scanLine(line: string, open: OpenScalar): void {
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (open.quote === "'") {
      if (character !== "'") continue;
      if (line.charAt(at + 1) === "'") at += 1;
      else open.quote = '';
    } else if (open.quote === '"') {
      if (character === '\\') at += 1;
      else if (character === '"') open.quote = '';
    } else if (character === '#' && (at === 0 || /\s/.test(line.charAt(at - 1)))) {
      return;
    } else if ((character === "'" || character === '"') && startsToken(line, at)) {
      open.quote = character;
    } else if ((character === '{' || character === '[') && (open.flows > 0 || startsToken(line, at))) {
      open.flows += 1;
    } else if ((character === '}' || character === ']') && open.flows > 0) {
      open.flows -= 1;
    }
  }
}

function startsToken(line: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && /\s/.test(line.charAt(before))) before -= 1;
  if (before < 0 || '{[,'.includes(line.charAt(before))) return true;
  return before < at - 1 && ':-?'.includes(line.charAt(before));
}
