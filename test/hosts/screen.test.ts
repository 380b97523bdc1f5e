import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Screen } from '../../src/hosts/screen.ts';

function hiding(...secrets: string[]): Screen {
  const screen = new Screen();
  for (const secret of secrets) screen.hide(secret);
  return screen;
}

describe('a secret', () => {
  test('is shown as ***, wherever it stands', () => {
    expect(hiding('hunter2').text('user:hunter2@r.example and hunter2')).toBe('user:***@r.example and ***');
  });

  test('is hidden in the forms that JSON, URLs and forms give it', () => {
    expect(hiding('my (pass) word!').text('password=my+%28pass%29+word%21&x')).toBe('password=***&x');
    const screen = hiding('pass"word/ü');
    expect(screen.json(JSON.stringify({ password: 'pass"word/ü' }))).toBe('{"password":"***"}');
    expect(screen.text(`?password=${encodeURIComponent('pass"word/ü')}`)).toBe('?password=***');
  });

  test('is hidden line by line', () => {
    const key = '-----BEGIN-----\nMIIEvAIBADAN\n}\n-----END-----';
    expect(hiding(key).text('MIIEvAIBADAN {}')).toBe('*** {}');
    expect(hiding(key).masked(`key: ${key}.`)).toBe('key: ***.');
  });

  test('is given to the runner line by line, without lines that would hide half the log', () => {
    expect(new Screen().hide('{\n  "key": "abcdef"\n}')).toEqual(['"key": "abcdef"']);
    expect(new Screen().hide('short')).toEqual(['short']);
    expect(new Screen().hide(' \n')).toEqual([]);
  });

  test('is given to the runner once, however often it is used', () => {
    const screen = new Screen();
    expect(screen.hide('hunter2')).toEqual(['hunter2']);
    expect(screen.hide('hunter2')).toEqual([]);
    expect(screen.hide('hunter2\nother line')).toEqual(['other line']);
    expect(screen.hide('hunter2\nother line')).toEqual([]);
    expect(screen.masked('hunter2, other line')).toBe('***, ***');
  });

  test('with quotes or line ends costs no more when others come: only its own forms are hidden, not forms of forms', () => {
    const screen = hiding('pass"word', ...Array.from({ length: 12 }, (_, index) => `another-${index}`));
    expect(screen.text('pass\\"word pass%22word')).toBe('*** ***');
    const ofForms = 'pass\\\\\\"word pass%2522word';
    expect(screen.text(ofForms)).toBe(ofForms);
  });

  test('that holds another secret is hidden whole', () => {
    expect(hiding('token', 'token-and-more').text('token-and-more token')).toBe('*** ***');
  });

  test('that a chart takes apart with invisible characters is hidden when they are gone', () => {
    expect(hiding('hunter2').text('hun\u001b[0mt\u200ber2')).toBe('***');
  });

  test('is in nothing that is let out, whatever surrounds it', () => {
    const secret = fc
      .string({ minLength: 4, maxLength: 20 })
      .filter((text) => text.trim().length >= 4 && !/\*/.test(text));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (hidden, before, after) => {
        const screen = hiding(hidden);
        expect(screen.text(before + hidden + after)).not.toContain(hidden);
        expect(screen.masked(before + hidden + after)).not.toContain(hidden);
        expect(screen.json(JSON.stringify({ text: hidden }))).not.toContain(JSON.stringify(hidden).slice(1, -1));
      }),
    );
  });
});

describe('a coloured table', () => {
  test('keeps its colours and nothing else of the terminal', () => {
    expect(new Screen().coloured('\u001b[32mfound\u001b[39m \u001b[2Jnginx\u0007')).toBe(
      '\u001b[32mfound\u001b[39m nginx',
    );
  });

  test('hides secrets and commands too', () => {
    expect(hiding('hunter2').coloured('\u001b[1mhunter2\u001b[0m ##[group]')).toBe('\u001b[1m***\u001b[0m ## [group]');
  });
});
