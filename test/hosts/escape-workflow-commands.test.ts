import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  escapeCommandsInColoredText,
  escapeWorkflowCommands,
  escapeWorkflowCommandsInJson,
} from '../../src/hosts/escape-workflow-commands.ts';
import { readAzureCommands } from '../support/azure-commands.ts';
import { readGitHubCommands } from '../support/github-commands.ts';

/** Characters that .NET's culture-sensitive search overlooks, as actions/runner's does. */
const overlooked = /(?![\t\n\v\f\r]|\u0085)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Every command, by name, that either runner could read from the text, however it compares. */
function commands(text: string): readonly string[] {
  const readings = [text, text.replace(overlooked, '')];
  // The runners end a line at the first three; other readers of the same log at the rest too.
  const lines = readings.flatMap((reading) => reading.split(/\r\n|[\n\r\u0085\u2028\u2029]/));
  return lines.flatMap((line) =>
    [...readGitHubCommands(line), ...readAzureCommands(line), ...readAzureCommands(line.toLowerCase())].map(
      ({ name }) => name,
    ),
  );
}

const invisible = [
  '\u001b[0m',
  '\u009b',
  '\u0007',
  '\u0000',
  '\u200b',
  '\u00ad',
  '\ufeff',
  '\u034f',
  '\u{e0001}',
  '\ud800',
];
const blanks = [' ', '\t', '\u00a0', '\u2003', '\u0085', '\u2028', '\v'];
const lineEnds = ['\n', '\r', '\r\n'];
const signs = ['::', ':', '##', '#', '[', ']', '\u001b[', '\u001b]0;', 'm'];
const wholes = [
  '::add-mask::x',
  '::set-output name=a,b=c::x',
  '##[add-path]/x',
  '##vso[task.complete result=Succeeded;]x',
  '##VSO[task.setvariable variable=a;issecret=false]x',
];

/** A whole command with anything a reader cannot see, or a line end, or a sign, somewhere within it. */
const takenApart = fc
  .tuple(
    fc.constantFrom('', ...blanks, ...lineEnds),
    fc.constantFrom(...wholes),
    fc.array(fc.tuple(fc.nat(40), fc.constantFrom(...invisible, ...blanks, ...lineEnds, ...signs)), { maxLength: 3 }),
  )
  .map(([before, whole, inserted]) =>
    inserted.reduce((text, [at, piece]) => text.slice(0, at) + piece + text.slice(at), before + whole),
  );
const hostileText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: takenApart },
      { weight: 3, arbitrary: fc.constantFrom(...invisible, ...blanks, ...lineEnds, ...signs) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

describe('text from a chart, a registry or helm', () => {
  test('the judge of these tests knows a command when it sees one', () => {
    expect(commands('  ::add-mask::x')).toContain('add-mask');
    expect(commands('\u200b:\u0000:add-mask::x')).toContain('add-mask');
    expect(commands('text ##[add-path]/x')).toContain('add-path');
    expect(commands('text ##vso[task.complete result=Succeeded;]')).toContain('task.complete');
    expect(commands('a line\r::stop-commands::x')).toContain('stop-commands');
    expect(commands('nothing here: ## [x]')).toEqual([]);
  });

  test('never is a command for a runner', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const lines = escapeWorkflowCommands(text);
        expect(commands(lines.join('\n'))).toEqual([]);
        for (const line of lines) expect(line).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 5_000 },
    );
  });

  test('never moves the cursor, sets a color or hides behind invisible characters', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const line of escapeWorkflowCommands(text))
          expect(line.replaceAll('\t', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('stays harmless when it is made harmless again', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const once = escapeWorkflowCommands(text);
        expect(once.flatMap(escapeWorkflowCommands)).toEqual(once);
      }),
    );
  });

  test('stays readable', () => {
    expect(escapeWorkflowCommands('::error::no such image')).toEqual([': :error::no such image']);
    expect(escapeWorkflowCommands('see ##vso[task.complete] and ##[group]')).toEqual([
      'see ## vso[task.complete] and ## [group]',
    ]);
    expect(escapeWorkflowCommands('\u001b[31mred\u001b[0m\tand C++::name, 2001:db8::1')).toEqual([
      'red\tand C++::name, 2001:db8::1',
    ]);
    expect(escapeWorkflowCommands('one\r\ntwo\rthree')).toEqual(['one', 'two', 'three']);
  });
});

describe('the report as JSON', () => {
  const report = fc.record({
    message: hostileText,
    list: fc.array(hostileText),
    map: fc.dictionary(hostileText, hostileText),
  });

  test('never is a command for a runner, and says the same as before', () => {
    fc.assert(
      fc.property(report, fc.constantFrom(undefined, 2), (value, indent) => {
        const json = JSON.stringify(value, undefined, indent);
        const safe = escapeWorkflowCommandsInJson(json);
        expect(commands(safe)).toEqual([]);
        expect(JSON.stringify(JSON.parse(safe), undefined, indent)).toBe(json);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a colored table', () => {
  test('keeps its colors and nothing else of the terminal', () => {
    expect(escapeCommandsInColoredText('\u001b[32mfound\u001b[39m \u001b[2Jnginx\u0007')).toBe(
      '\u001b[32mfound\u001b[39m nginx',
    );
  });

  test('is no command', () => {
    expect(escapeCommandsInColoredText('\u001b[1mweb\u001b[0m ##[group]')).toBe('\u001b[1mweb\u001b[0m ## [group]');
  });
});
