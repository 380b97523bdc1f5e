/**
 * Kubernetes' YAML parser accepts texts that the strict parser rejects. The repair only changes indentation, so values
 * and line numbers stay the same.
 */
export function repairIndentation(text: string): string {
  return indentContinuations(text.replace(/^[ ]*\t[ \t]*/gm, expandTabs));
}

/** Wide enough to keep a line that is indented with tabs below its parent. */
function expandTabs(indent: string): string {
  return indent.replaceAll('\t', '        ');
}

const blockHeader = /(?:^|\s)[|>][+-]?\d?[+-]?\s*$/;
/** Characters at the end of a line, where the header of a block scalar is; keeps long lines fast. */
const headerLength = 200;

function opensBlock(line: string): boolean {
  return blockHeader.test(line.slice(-headerLength).replace(/\s#.*$/, ''));
}

/** The state after a line: inside a quoted scalar, a flow collection, or neither. */
interface OpenScalar {
  quote: string;
  flows: number;
}

/**
 * Indents lines in a quoted scalar or flow collection below the line that opened it. libyaml accepts any indentation;
 * the specification (YAML 1.2, 7.3) requires more than the parent.
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

/** Updates the state for one line. A quote counts only at the start of a scalar (not in `it's`). */
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
