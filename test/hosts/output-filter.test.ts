import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutputFilter } from '../../src/hosts/output-filter.ts';

function hiding(...secrets: string[]): OutputFilter {
  const screen = new OutputFilter();
  for (const secret of secrets) screen.addSecret(secret);
  return screen;
}

describe('a secret', () => {
  test('a secret is shown as *** at every position of a text', () => {
    expect(hiding('hunter2').text('user:hunter2@r.example and hunter2')).toBe('user:***@r.example and ***');
  });

  test('is hidden in the forms that JSON, URLs and forms give it', () => {
    expect(hiding('my (pass) word!').text('password=my+%28pass%29+word%21&x')).toBe('password=***&x');
    const screen = hiding('pass"word/ü');
    expect(screen.mask.text(JSON.stringify({ password: 'pass"word/ü' }))).toBe('{"password":"***"}');
    expect(screen.text(`?password=${encodeURIComponent('pass"word/ü')}`)).toBe('?password=***');
  });

  test('is hidden line by line', () => {
    const key = '-----BEGIN-----\nMIIEvAIBADAN\n}\n-----END-----';
    expect(hiding(key).text('MIIEvAIBADAN {}')).toBe('*** {}');
    expect(hiding(key).mask.text(`key: ${key}.`)).toBe('key: ***.');
  });

  test('is given to the runner line by line, without lines that would hide half the log', () => {
    expect(new OutputFilter().addSecret('{\n  "key": "abcdef"\n}')).toEqual(['"key": "abcdef"']);
    expect(new OutputFilter().addSecret('short')).toEqual(['short']);
    expect(new OutputFilter().addSecret(' \n')).toEqual([]);
  });

  test('is given to the runner once, however often it is used', () => {
    const screen = new OutputFilter();
    expect(screen.addSecret('hunter2')).toEqual(['hunter2']);
    expect(screen.addSecret('hunter2')).toEqual([]);
    expect(screen.addSecret('hunter2\nother line')).toEqual(['other line']);
    expect(screen.addSecret('hunter2\nother line')).toEqual([]);
    expect(screen.mask.text('hunter2, other line')).toBe('***, ***');
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
        expect(screen.mask.text(before + hidden + after)).not.toContain(hidden);
        const json = screen.mask.text(JSON.stringify({ text: hidden }));
        expect(json).not.toContain(JSON.stringify(hidden).slice(1, -1));
      }),
    );
  });
});

describe('a name by which a reader acts', () => {
  test('hides a password of eight characters and more, in each of its forms', () => {
    const { mask } = hiding('correct-horse', 'p@ss/word');
    expect(mask.name('r.example/correct-horse/web:1')).toBe('r.example/***/web:1');
    expect(mask.name('charts/p%40ss%2Fword')).toBe('charts/***');
  });

  test('keeps a shorter password, which is a word: the gap would reveal it to everyone who knows the name', () => {
    const { mask } = hiding('nginx', 'found', 'sha256');
    expect(mask.name('nginx:1.25@sha256:00')).toBe('nginx:1.25@sha256:00');
    expect(mask.text('nginx is not found')).toBe('*** is not ***');
  });

  test('hides no token of a server, which could name the images of others', () => {
    const screen = new OutputFilter();
    screen.addIssuedToken('docker.io/library/nginx');
    expect(screen.mask.name('docker.io/library/nginx:1')).toBe('docker.io/library/nginx:1');
    expect(screen.mask.text('docker.io/library/nginx:1')).toBe('***:1');
  });
});

describe('a token of a server', () => {
  test('is hidden from 16 characters on: a shorter one may be any word', () => {
    const screen = new OutputFilter();
    expect([screen.addIssuedToken('a-token-of-15-ch'.slice(0, 15)), screen.addIssuedToken('A+token+of+16+ch')]).toEqual(
      [[], ['A+token+of+16+ch']],
    );
    expect(screen.text('a-token-of-15-c A+token+of+16+ch')).toBe('a-token-of-15-c ***');
  });

  test('is given to the runner only where it cannot be part of an image, a host or a tag', () => {
    const claims = Buffer.from(JSON.stringify({ access: ['repository:team/web:pull'], iss: 'Token server' }));
    const signed = ['eyJhbGciOiJFUzI1NiJ9', claims.toString('base64url'), 'S'.repeat(86)].join('.');
    expect(new OutputFilter().addIssuedToken(signed)).toEqual([signed]);
    for (const token of ['registry.example.com', 'library/nginx/library', 'RELEASE.2026-01-01T00-00-00Z'])
      expect(new OutputFilter().addIssuedToken(token)).toEqual([]);
  });
});

describe('a runner', () => {
  test('masks no password that all outputs resolvePath: it would drop them', () => {
    for (const word of ['found', 'absent', 'resolved', 'sha256', '1234', 'cafe'])
      expect(new OutputFilter().addSecret(word)).toEqual([]);
    for (const word of ['hunter2', 'nginx', 'cafe1234']) expect(new OutputFilter().addSecret(word)).toEqual([word]);
  });

  test('is given at most 200 lines of a secret, all of which are hidden', () => {
    const screen = new OutputFilter();
    const lines = Array.from({ length: 1000 }, (_, index) => `line-number-${index}`);
    expect(screen.addSecret(lines.join('\n'))).toHaveLength(200);
    expect(screen.text('line-number-999')).toBe('***');
  });
});
