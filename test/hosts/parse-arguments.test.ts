import { describe, expect, test } from 'vitest';
import { toErrors } from '../../src/core/errors.ts';
import { parseArguments } from '../../src/hosts/parse-arguments.ts';

const read = (...given: string[]) => parseArguments(given);
const inputs = (...given: string[]) => read(...given).inputs;

function faults(...given: string[]) {
  try {
    read(...given);
  } catch (thrown) {
    return toErrors(thrown).map(({ code, message, advice }) => ({ code, text: `${message} ${advice}` }));
  }
  return [];
}

describe('a command line', () => {
  test('gives a value after a blank or after an equals sign', () => {
    expect(inputs('--input-file', 'cnf-input.jsonc', '--target=r.example:5000/ns')).toEqual({
      'input-file': 'cnf-input.jsonc',
      target: 'r.example:5000/ns',
    });
  });

  test('keeps the equals signs of a value', () => {
    expect(inputs('--set=a.b=c=d', '--set', 'e=f')).toEqual({ set: 'a.b=c=d\ne=f' });
  });

  test('turns a switch on, off, and on or off by its value', () => {
    expect(inputs('--push')).toEqual({ push: 'true' });
    expect(inputs('--no-push')).toEqual({ push: 'false' });
    expect(inputs('--push=false')).toEqual({ push: 'false' });
    expect(inputs('--no-resolve', '--push', 'charts/a')).toEqual({
      resolve: 'false',
      push: 'true',
      charts: 'charts/a',
    });
  });

  test('never pushes a chart called false', () => {
    expect(inputs('--push', 'false', 'charts/a')).toEqual({ push: 'false', charts: 'charts/a' });
  });

  test('makes a list of a repeated flag and of lines', () => {
    expect(inputs('--image-sources', 'a.example', '--image-sources=b.example\nupstream')).toEqual({
      'image-sources': 'a.example\nb.example\nupstream',
    });
  });

  test('positional arguments are charts, in addition to --charts', () => {
    expect(inputs('charts/a', '--charts', 'charts/b', '--json', 'oci://r.example/c:1.0.0', '--', '--odd-name')).toEqual(
      {
        charts: 'charts/a\ncharts/b\noci://r.example/c:1.0.0\n--odd-name',
      },
    );
  });

  test('leaves out what is empty, as a script gives it with an unset variable', () => {
    expect(inputs('--target', '', '--config=', 'charts/a')).toEqual({ charts: 'charts/a' });
  });

  test('asks for the report and for debug lines', () => {
    expect(read('charts/a')).toMatchObject({ json: false, debug: false, explainCredentials: false });
    expect(read('charts/a', '--explain-credentials')).toMatchObject({ debug: false, explainCredentials: true });
    expect(read('charts/a', '--json', '--debug')).toMatchObject({ json: true, debug: true });
  });
});

describe('a wrong command line', () => {
  test('names the nearest flag for an unknown one', () => {
    expect(faults('--image-source', 'a.example')).toMatchObject([{ code: 'unknown-input' }]);
    expect(faults('--image-source', 'a.example')[0]?.text).toContain('Did you mean "--image-sources"?');
    expect(faults('--imageSources=a.example')[0]?.text).toContain('Did you mean "--image-sources"?');
    expect(faults('--jsn')[0]?.text).toContain('Did you mean "--json"?');
  });

  test('points at --help where no flag is near', () => {
    expect(faults('-q')).toMatchObject([{ code: 'unknown-input' }]);
    expect(faults('-q')[0]?.text).toContain('chart-images --help');
    expect(faults('-q')[0]?.text).not.toContain('Did you mean');
  });

  test('does not repeat the value of an unknown flag, which may be a password', () => {
    for (const flag of ['--password=hunter2', '-password=hunter2'])
      expect(faults(flag)[0]?.text).not.toContain('hunter2');
  });

  test('says which value is missing', () => {
    expect(faults('--target')).toMatchObject([{ code: 'invalid-input' }]);
    expect(faults('--target', '--push')[0]?.text).toContain('"--target" needs a value');
  });

  test('merges nothing where no report is named, and does not ask for a chart instead', () => {
    expect(faults('merge')).toMatchObject([{ code: 'missing-input' }]);
    expect(faults('merge', '', '--report', 'all')[0]?.text).toContain("chart-images merge 'reports/*'");
    expect(faults('merge', 'reports/a')).toEqual([]);
  });

  test('does not choose between two values', () => {
    expect(faults('--target', 'a.example', '--target', 'b.example')).toMatchObject([{ code: 'invalid-input' }]);
    expect(faults('--push', '--no-push')).toMatchObject([{ code: 'invalid-input' }]);
    expect(faults('--no-push', '--no-push')).toMatchObject([{ code: 'invalid-input' }]);
  });

  test('has no value for a flag that takes none', () => {
    expect(faults('--json=false')).toMatchObject([{ code: 'invalid-input' }]);
    expect(faults('--no-push=true')).toMatchObject([{ code: 'invalid-input' }]);
  });

  test('checks the flag after a forgotten value too', () => {
    expect(faults('--target', '--tarjet', 'a').map(({ text }) => text.split('.')[0])).toEqual([
      'Flag "--target" needs a value',
      'Unknown flag "--tarjet"',
    ]);
  });

  test('denies only switches', () => {
    expect(faults('--no-target')).toMatchObject([{ code: 'unknown-input' }]);
  });

  test('all errors of a command line are reported together', () => {
    expect(faults('--tarjet', 'a', '--json=1', '--config').map(({ code }) => code)).toEqual([
      'unknown-input',
      'invalid-input',
      'invalid-input',
    ]);
  });
});

describe('on a command line', () => {
  test('only the first word can be merge: a chart of that name behind a flag stays a chart', () => {
    expect(inputs('merge', 'reports/a', 'reports/b')).toEqual({ merge: 'reports/a\nreports/b' });
    expect(inputs('--json', 'merge', 'charts/a')).toEqual({ charts: 'merge\ncharts/a' });
    expect(inputs('./merge')).toEqual({ charts: './merge' });
    expect(inputs('merge', '--', '--odd-name')).toEqual({ merge: '--odd-name' });
  });

  test('a value may begin with one dash, and another flag is never taken for a value', () => {
    expect(inputs('--set', '-a=b')).toEqual({ set: '-a=b' });
    expect(faults('--target', '--push').map(({ code }) => code)).toEqual(['invalid-input']);
    expect(inputs('--target=--odd')).toEqual({ target: '--odd' });
  });

  test('blanks around a value are not part of it', () => {
    expect(inputs('--target', ' r.example/ns ')).toEqual({ target: 'r.example/ns' });
  });

  test('the error for a missing value shows how to write one', () => {
    expect(faults('--target')[0]?.text).toMatch(
      /Write --target <[^>]+>\. If the value starts with "--", write --target=<[^>]+>/,
    );
  });

  test('a switch does not swallow the chart behind it', () => {
    expect(inputs('--push', 'charts/a')).toEqual({ push: 'true', charts: 'charts/a' });
    expect(inputs('--push', 'true', 'charts/a')).toEqual({ push: 'true', charts: 'charts/a' });
    expect(inputs('charts/a', '--push')).toEqual({ charts: 'charts/a', push: 'true' });
  });

  test('pushing and not pushing at once is refused, in either order', () => {
    expect(faults('--push', '--no-push').map(({ code }) => code)).toEqual(['invalid-input']);
    expect(faults('--no-push', '--push').map(({ code }) => code)).toEqual(['invalid-input']);
  });

  test('a flag of one letter is unknown, and not a chart', () => {
    expect(faults('-p').map(({ code }) => code)).toEqual(['unknown-input']);
  });

  test('each switch of the terminal turns on its own', () => {
    const off = { json: false, debug: false, explainCredentials: false };
    expect(read('a')).toMatchObject(off);
    expect(read('a', '--json')).toMatchObject({ ...off, json: true });
    expect(read('a', '--debug')).toMatchObject({ ...off, debug: true });
    expect(read('a', '--explain-credentials')).toMatchObject({ ...off, explainCredentials: true });
    for (const flag of ['--json=true', '--no-push=true'])
      expect(faults(flag).map(({ code }) => code)).toEqual(['invalid-input']);
  });
});
