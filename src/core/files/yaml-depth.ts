import type { Lexer } from 'yaml';

/**
 * Where brackets, or list marks in one line, are nested deeper than `deepest`: the library's parser calls itself for every level and
 * takes seconds to find the end of its stack. Levels by indentation are bounded by the file's size, as each needs a longer line.
 */
export function findExcessiveNesting(text: string, lexer: Lexer, deepest: number): number | undefined {
  let brackets = 0;
  let marks = 0;
  let offset = 0;
  for (const lexeme of lexer.lex(text)) {
    if (lexeme === '[' || lexeme === '{') brackets += 1;
    else if (lexeme === ']' || lexeme === '}') brackets -= 1;
    else if (lexeme === '-' || lexeme === '?') marks += 1;
    else if (lexeme === '\n' || lexeme === '\r\n') marks = 0;
    if (brackets + marks > deepest) return offset;
    if (!lexerMarks.includes(lexeme)) offset += lexeme.length;
  }
  return undefined;
}

/** What the lexer puts between the pieces of the text: the start of a document, an early end of brackets, a scalar to come. */
const lexerMarks = ['\u0002', '\u0018', '\u001f'];
