import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { renderTable } from '../../../src/report/terminal/terminal-table.ts';
import {
  chart,
  contoso,
  contosoWithout,
  copied,
  delta,
  fault,
  finding,
  found,
  image,
  large,
  planned,
  report,
  use,
  viewOf,
} from '../model/sample.ts';

const short = report({
  resolutions: [found(image('web:1', [use('web:1'), use('web:1', { kind: 'CronJob', name: 'nightly' })]))],
});

describe('The table in a terminal', () => {
  test('is aligned and ends with the verdict', () => {
    expect(renderTable(viewOf(short), { color: 'plain' })).toBe(`\
STATUS  IMAGE  SOURCE                DIGEST               USED BY
found   web:1  source.example/web:1  sha256:8724d338e126  Deployment/web, CronJob/nightly

Passed: 1 of 1 image found
`);
  });

  test('counts the images that an interrupted copy left, instead of a red row for each', () => {
    const images = Array.from({ length: 300 }, (_, at) => image(`web:${at}`));
    const interrupted = report({
      resolutions: images.map(found),
      outcomes: images.map((one, at) =>
        at < 2 ? copied(one) : { result: 'failed', copy: planned(one), error: fault('cancelled') },
      ),
      errors: [fault('cancelled', 'The run was interrupted.')],
      push: true,
    });
    const lines = renderTable(viewOf(interrupted), { color: 'plain' }).split('\n');
    expect(lines.filter((line) => /web:\d+ /.test(line)).map((line) => line.split(' ')[0])).toEqual([
      'copied',
      'copied',
    ]);
    expect(lines.at(-2)).toBe('Failed: The run was interrupted; 2 copied (2.0 MB), 298 not copied');
  });

  test('cuts only "used by" when the terminal is narrow', () => {
    const [, row = ''] = renderTable(viewOf(short), { color: 'plain', width: 76 }).split('\n');
    expect(row).toBe('found   web:1  source.example/web:1  sha256:8724d338e126  Deployment/web, C…');
    expect(row.length).toBe(76);
  });

  test('says by which switches an image is optional, where nothing uses it without', () => {
    const rowFor = (...uses: readonly ReturnType<typeof use>[]) =>
      renderTable(viewOf(report({ resolutions: [found(image('web:1', uses))] })), { color: 'plain' }).split('\n')[1] ??
      '';
    const by = (...optionalBy: readonly string[]) => use('web:1', { optionalBy });
    expect(rowFor(by('metrics.enabled=true'))).toContain('  optional by metrics.enabled=true: Deployment/web');
    expect(rowFor(by('a=true', 'b=true', 'c=true'))).toContain('  optional by a=true or b=true and 1 more: Deployment');
    expect(rowFor(by('a=true'), use('web:1'))).not.toContain('optional');
  });

  test('gives each image lines of its own when the terminal is narrower still', () => {
    expect(renderTable(viewOf(short), { color: 'plain', width: 60 })).toBe(`\
found        web:1
             from  source.example/web:1  sha256:8724d338e126
             for   Deployment/web, CronJob/nightly

Passed: 1 of 1 image found
`);
  });

  test('shows what is wrong below the table: where, looked at, used by, what to do', () => {
    expect(renderTable(viewOf(contosoWithout()), { color: 'plain' }).split('\n').slice(6)).toEqual([
      'error absent: No source has repository/release/contoso-c:1.0.0.',
      '  at          charts/contoso/templates/c.yaml',
      '  checked     source.example/release/contoso-c:1.0.0 (the registry has no such manifest)',
      '              second.example/release/contoso-c:1.0.0 (the registry has no such manifest)',
      '  used by     Deployment/contoso-c in contoso/templates/c.yaml',
      '  what to do  Push it.',
      '',
      'Failed: 1 of 4 images was not found in any source; nothing was copied',
      '',
    ]);
  });

  test('the terminal shows the diff and registryValuesPaths before the problems', () => {
    const registryValues = [{ chartPath: 'charts/contoso', paths: ['global.registry'] }];
    const table = renderTable(viewOf({ ...short, delta: delta(), registryValues, findings: [finding('conflict')] }), {
      color: 'plain',
    });
    expect(table.split('\n').slice(3, 11)).toEqual([
      'Compared with main: 1 image moved, 1 added, 1 removed; 3.2 MB to copy to a mirror',
      '  moved    web:1.0 → web:1.1 (123.5 kB)',
      '  added    job:2 (3.1 MB)',
      '  removed  old:1',
      '',
      'charts/contoso: "registryValuesPaths": ["global.registry"]',
      '',
      'error conflict: It is conflict.',
    ]);
  });

  test('the terminal names the commit that was compared, and why it is not the exact base', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const inexact = 'main itself, because the history could not be fetched: no remote';
    const table = renderTable(viewOf({ ...short, delta: { ...delta(), commit, inexact } }), { color: 'plain' });
    expect(table).toContain('Compared with main at 0123456: 1 image moved');
    expect(table).toContain(`\nNot the exact base: compared with ${inexact}.\n`);
    const unbased = 'the push created the branch';
    expect(renderTable(viewOf({ ...short, unbased }), { color: 'plain' })).toContain(
      'Not compared with a base, because the push created the branch. Every finding counts as new.',
    );
  });

  test('points at the line of the values that says which version an image is', () => {
    const values = [{ parts: ['tag'], path: 'web.tag', at: { in: 'file', file: 'values.yaml', line: 12 } }] as const;
    const origins = [{ image: 'web:1', chartPath: 'charts/contoso', values }];
    expect(renderTable(viewOf({ ...short, origins }), { color: 'plain' })).toContain(
      '  values.yaml:12  Deployment/web',
    );
    expect(renderTable(viewOf({ ...short, origins }), { color: 'plain', width: 60 })).toContain(
      '  at    values.yaml:12',
    );
  });

  test('never cuts the name of an image, a source or a target', () => {
    for (const width of [undefined, 40, 80, 120, 160, 200, 240]) {
      const table = renderTable(viewOf(large(40)), { color: 'plain', width });
      for (const [at, of] of large(40).discovery.images.entries()) {
        expect(table).toContain(of.image);
        if (at % 17 !== 3 && at % 23 !== 7) expect(table).toContain(`source.example/team-${at % 7}/service-${at}:`);
      }
    }
  });

  test('keeps to the width it is given', () => {
    const lines = renderTable(viewOf(large(40)), { color: 'plain', width: 190 }).split('\n');
    const table = lines.slice(0, lines.indexOf(''));
    expect(table).toHaveLength(41);
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(190);
  });

  test('names the chart of each object when there are several charts', () => {
    const both = ['contoso', 'second'].map((name) => ({ chart: chart(name), helmVersion: '4.3.1' }));
    expect(renderTable(viewOf({ ...short, charts: both }), { color: 'plain' })).toContain(
      'contoso: Deployment/web, CronJob/nightly',
    );
  });

  test('has colors only when asked, and the same words with them', () => {
    const colored = renderTable(viewOf(contoso()), { color: 'color' });
    const plain = renderTable(viewOf(contoso()), { color: 'plain' });
    expect(colored).toContain('\u001b[32mcopied\u001b[39m');
    expect(plain).toBe(stripVTControlCharacters(plain));
    expect(stripVTControlCharacters(colored)).toBe(plain);
  });

  test('lets no chart or registry write lines or colors of its own', () => {
    const evil = 'x\n\u001b[2J\u202e::error::';
    const of = image('web:1', [use('web:1', { kind: evil, name: evil, template: `contoso/${evil}` })]);
    const findings = [finding('unreadable', { image: 'web:1', message: evil, advice: evil, file: evil })];
    const table = renderTable(viewOf(report({ resolutions: [found(of)], findings })), { color: 'plain' });
    expect(table).not.toMatch(/[^\n\P{C}]/u);
    expect(table.split('\n')).toHaveLength(10);
  });
});
