import type { Lexer } from 'yaml';

/**
 * The offset where brackets, or list markers in one line, exceed `maximumDepth`: the parser of the library is recursive
 * and needs seconds to overflow its stack. The size limit of the file bounds levels by indentation: each needs a longer
 * line.
 */
export function findExcessiveNesting(text: string, lexer: Lexer, maximumDepth: number): number | undefined {
  let brackets = 0;
  let markers = 0;
  let offset = 0;
  for (const lexeme of lexer.lex(text)) {
    if (lexeme === '[' || lexeme === '{') brackets += 1;
    else if (lexeme === ']' || lexeme === '}') brackets -= 1;
    else if (lexeme === '-' || lexeme === '?') markers += 1;
    else if (lexeme === '\n' || lexeme === '\r\n') markers = 0;
    if (brackets + markers > maximumDepth) return offset;
    if (!lexerMarks.includes(lexeme)) offset += lexeme.length;
  }
  return undefined;
}

/** Lexemes that are not text of the file: start of a document, early end of brackets, start of a scalar. */
const lexerMarks = ['\u0002', '\u0018', '\u001f'];
