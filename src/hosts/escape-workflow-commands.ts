/**
 * Text from charts, registries and helm made harmless to print. Both runners read commands from every line of standard
 * output and standard error:
 * - actions/runner, ActionCommand.cs: `::name …::` at the start of a line after blanks; the older `##[name …]` anywhere;
 * - azure-pipelines-agent: `##vso[area.event …]` anywhere.
 *
 * actions/runner searches with .NET's culture-sensitive `StartsWith` and `IndexOf`, which overlook characters that a
 * reader cannot see (U+200B, U+00AD, NUL …). So those are taken out first and commands broken up last.
 */

/**
 * A color or cursor sequence. `stripVTControlCharacters` of node:util knows more kinds, but takes time in the square of
 * the text's length (observed: 4 s for 100 kB of `ESC ]`); what this leaves of the other kinds is harmless text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences begin with control characters
const terminalSequence = /(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]/g;

/** Control characters except tabs and line ends, what no reader sees, and what Unicode calls a line end. */
const unprintable = /(?:(?![\t\r\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])+/gu;

/** The start of `##[`, `##vso[` and their like on other servers. */
const bracketCommand = /##(?=\w{0,32}\[)/g;

const colonCommand = /^(\s*):(?=:)/;

/** Select graphic rendition of ECMA-48, captured so that `split` keeps it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences begin with a control character
const color = /(\u001b\[[0-9;]{0,20}m)/;

/** The text as a reader sees it, line ends included. */
export function visibleText(text: string): string {
  return text.replace(terminalSequence, '').replace(unprintable, '');
}

function escapeLine(line: string): string {
  return visibleText(line).replace(bracketCommand, '## ').replace(colonCommand, '$1: ');
}

/** The same with its line ends, for places where the host's own escaping carries them. */
export function neutraliseText(text: string): string {
  return escapeWorkflowCommands(text).join('\n');
}

/** The same with the colors that the program itself put in. Only for a terminal. */
export function neutraliseColored(text: string): string {
  const parts = text.split(color);
  return parts.map((part, index) => (index % 2 === 1 ? part : neutraliseText(part))).join('');
}

/** The text's lines, none of which any runner takes for a command or any terminal for a control sequence. */
export function escapeWorkflowCommands(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/).map(escapeLine);
}

/** A JSON text with the same value whose lines no runner takes for commands: JSON can write every character as an escape. */
export function escapeWorkflowCommandsInJson(json: string): string {
  return json.replace(bracketCommand, '#\\u0023').replace(unprintable, (found) => [...found].map(escaped).join(''));
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');
}
