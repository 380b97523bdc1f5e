/**
 * Runners execute `::name …::` and `##[name …]` (actions/runner, ActionCommand.cs) and `##vso[area.event …]`
 * (azure-pipelines-agent) in any output line. actions/runner ignores invisible characters (U+200B, U+00AD, NUL …) when
 * it compares, so these are removed before commands are escaped.
 */

/**
 * A color or cursor sequence. `stripVTControlCharacters` of node:util knows more kinds, but takes quadratic time
 * (observed: 4 s for 100 kB of `ESC ]`). The other kinds become harmless text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences begin with control characters
const terminalSequence = /(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]/g;

/** Control characters except tabs and line breaks, invisible characters, and Unicode line separators. */
const unprintable = /(?:(?![\t\r\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])+/gu;

/** The start of `##[`, `##vso[` and similar commands. */
const bracketCommand = /##(?=\w{0,32}\[)/g;

const colonCommand = /^(\s*):(?=:)/;

/** Select graphic rendition of ECMA-48, captured so that `split` keeps it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences begin with a control character
const color = /(\u001b\[[0-9;]{0,20}m)/;

/** The visible characters of a text, including line breaks. */
export function visibleText(text: string): string {
  return text.replace(terminalSequence, '').replace(unprintable, '');
}

function escapeLine(line: string): string {
  return visibleText(line).replace(bracketCommand, '## ').replace(colonCommand, '$1: ');
}

/** Escapes a text and keeps its line breaks, for hosts that escape them. */
export function escapeCommandsInText(text: string): string {
  return escapeWorkflowCommands(text).join('\n');
}

/** The same, but keeps the colors of the program. Only for terminals. */
export function escapeCommandsInColoredText(text: string): string {
  const parts = text.split(color);
  return parts.map((part, index) => (index % 2 === 1 ? part : escapeCommandsInText(part))).join('');
}

/** The lines of a text, without commands of runners and without control sequences. */
export function escapeWorkflowCommands(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/).map(escapeLine);
}

/** The same JSON value with commands and invisible characters written as JSON escapes. */
export function escapeWorkflowCommandsInJson(json: string): string {
  return json.replace(bracketCommand, '#\\u0023').replace(unprintable, (found) => [...found].map(escaped).join(''));
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');
}
