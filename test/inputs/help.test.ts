import { describe, expect, test } from 'vitest';
import { helpText } from '../../src/inputs/help.ts';
import { toFlag } from '../../src/inputs/input-names.ts';
import { inputsOn } from '../../src/inputs/input-table.ts';

const help = helpText();

describe('--help', () => {
  test('names every input once, with its default', () => {
    for (const { name, default: value } of inputsOn('terminal')) {
      const lines = help.split('\n');
      const start = lines.findIndex((line) => line === `  ${toFlag(name)}` || line.startsWith(`  ${toFlag(name)} <`));
      expect(start, name).toBeGreaterThan(0);
      const entry = lines.slice(
        start + 1,
        lines.findIndex((line, index) => index > start && !line.startsWith('      ')),
      );
      if (value !== '') expect(entry.join(' ').replace(/ +/g, ' '), name).toContain(`[default: ${value}]`);
    }
  });

  test('says how to start and how it ends', () => {
    expect(help).toMatch(/^Usage: chart-images \[<chart>\.\.\.\] \[options\]\n/);
    expect(help).toContain('chart-images --input-file cnf-input.jsonc --target myregistry.azurecr.io --push');
    for (const code of ['0', '1', '2', '3', '130']) expect(help).toMatch(new RegExp(`^ {2}${code} +[a-z]`, 'm'));
    expect(help.endsWith('130 interrupted\n')).toBe(true);
  });

  test('fits a terminal of 100 columns, and has no Markdown', () => {
    expect(help.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(help).not.toContain('`');
  });
});
