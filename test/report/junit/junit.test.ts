import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toJUnit } from '../../../src/report/junit/junit.ts';
import type { Report } from '../../../src/report/model/report.ts';
import { hostile } from '../model/hostile.ts';
import { schemaFaults } from '../model/junit-schema.ts';
import {
  absent,
  chart,
  contoso,
  contosoWithout,
  fault,
  finding,
  found,
  ignored,
  image,
  large,
  planned,
  report,
  unknown,
  use,
  viewOf,
} from '../model/sample.ts';
import { readXml, type XmlElement } from '../model/xml-reader.ts';

const at = new Date('2026-03-01T12:34:56.789Z');

function suitesOf(of: Report): readonly XmlElement[] {
  return readXml(toJUnit(viewOf(of), at).xml).children;
}

/** `name: passed`, `name: failure absent`, with the message where there is one. */
function casesOf(of: Report): readonly string[] {
  return suitesOf(of).flatMap((suite) =>
    suite.children
      .filter(({ name }) => name === 'testcase')
      .map(({ attributes, children: [outcome] }) => {
        const { type, message } = outcome?.attributes ?? {};
        const words = [outcome?.name ?? 'passed', type, message].filter((word) => word !== undefined);
        return `${attributes['classname']} ${attributes['name']}: ${words.join(' | ')}`;
      }),
  );
}

function textOf(of: Report): string {
  const [outcome] = suitesOf(of)
    .flatMap((suite) => suite.children.flatMap((one) => one.children))
    .filter(({ text }) => text !== '');
  return outcome?.text ?? '';
}

describe('The checks of this test', () => {
  test('refuse what is no XML and what the schemas do not allow', () => {
    const { xml } = toJUnit(viewOf(contosoWithout()), at);
    for (const broken of [
      xml.replace('</testsuite>', ''),
      xml.replace('Push it', 'Push & it'),
      xml.replace('Push it', '\u0001'),
      xml.replace('Push it', '&#0;'),
      xml.replace('time="0"', 'time="0" time="0"'),
    ]) {
      expect(() => readXml(broken)).toThrow();
    }
    const faults = (changed: string) => schemaFaults(readXml(changed));
    expect(faults(xml.replace('<system-out/>', ''))).toEqual(['testsuite lacks system-out']);
    expect(faults(xml.replace(' hostname="localhost"', ''))).toEqual(['testsuite lacks hostname']);
    expect(faults(xml.replace(':56"', ':56Z"'))).toEqual(['testsuite has timestamp="2026-03-01T12:34:56Z"']);
    expect(faults(xml.replace('</failure>', '</failure><skipped/>'))).toEqual([
      'testcase has skipped where it may not be',
    ]);
  });
});

describe('images.junit.xml', () => {
  test('keeps to both published schemas, whatever became of the images', () => {
    const ended = report({ errors: [fault('chart-render', 'It does not render.', { file: 'a.yaml', line: 3 })] });
    const passedOver = report({ ignored: [ignored()] });
    for (const of of [contoso(), contosoWithout(), large(120), ended, passedOver, report({ charts: [] })]) {
      expect(schemaFaults(readXml(toJUnit(viewOf(of), at).xml))).toEqual([]);
    }
  });

  test('has one test case for each image, by its chart, and counts them', () => {
    expect(casesOf(contosoWithout())).toEqual([
      'contoso repository/release/contoso-a:1.0.0: passed',
      'contoso repository/release/contoso-b:1.0.0: passed',
      'contoso repository/release/contoso-c:1.0.0: failure | absent | No source has repository/release/contoso-c:1.0.0.',
      'contoso repository/test-release/contoso-test:1.0.0: passed',
    ]);
    expect(suitesOf(contosoWithout())[0]?.attributes).toEqual({
      id: '0',
      name: 'contoso',
      package: 'charts/contoso',
      timestamp: '2026-03-01T12:34:56',
      hostname: 'localhost',
      tests: '4',
      failures: '1',
      errors: '0',
      skipped: '0',
      time: '0',
    });
    expect(toJUnit(viewOf(contosoWithout()), at).cases).toBe(4);
    expect(casesOf(large(100))).toHaveLength(100);
  });

  test('says in a failure where it is, what was looked at, who uses the image and what to do', () => {
    expect(textOf(contosoWithout()).split('\n')).toEqual([
      'charts/contoso/templates/c.yaml',
      'No source has repository/release/contoso-c:1.0.0.',
      'Checked source.example/release/contoso-c:1.0.0 (the registry has no such manifest), second.example/release/contoso-c:1.0.0 (the registry has no such manifest)',
      'Used by Deployment/contoso-c in contoso/templates/c.yaml',
      'Push it.',
    ]);
  });

  test('has source, digest and target of each image as properties of its chart', () => {
    const [properties] = suitesOf(contoso())[0]?.children ?? [];
    const facts = properties?.children.map(({ attributes }) => `${attributes['name']} = ${attributes['value']}`) ?? [];
    expect(facts.slice(0, 6)).toEqual([
      'version = 1.0.0',
      'value sets = default',
      'helm = 4.3.1',
      'repository/release/contoso-a:1.0.0 source = source.example/release/contoso-a:1.0.0',
      'repository/release/contoso-a:1.0.0 digest = sha256:4e6be4a72dcc58e3994cd713b2bab30d606dac5521776b1ea351f19828862316',
      'repository/release/contoso-a:1.0.0 target = target.example/release/contoso-a:1.0.0',
    ]);
  });

  test('several problems of one image are one JUnit failure, worst first', () => {
    const findings = [
      finding('platform', { image: 'web:1', message: 'It lacks arm64.' }),
      finding('conflict', { image: 'web:1', message: 'The place is taken.' }),
    ];
    const twice = report({ resolutions: [found(image('web:1'))], findings });
    expect(casesOf(twice)).toEqual([
      'contoso web:1: failure | conflict, platform | The place is taken. It lacks arm64.',
    ]);
    expect(textOf(twice).split('\n\n')).toHaveLength(2);
  });

  test('calls an error, and not a failure, what could not be known or done', () => {
    const resolutions = [unknown(image('web:1')), unknown(image('web:2')), found(image('web:3'))];
    // A registry that is down is told with the first image it hides.
    const findings = [
      finding('unknown', { image: 'web:1', message: 'The registry is down.' }),
      finding('copy-failed', { image: 'web:3', message: 'The copy broke.' }),
    ];
    expect(casesOf(report({ resolutions, findings }))).toEqual([
      'contoso web:1: error | unknown | The registry is down.',
      'contoso web:2: error | unknown | source.example refused the connection',
      'contoso web:3: error | copy-failed | The copy broke.',
    ]);
  });

  test('calls every image that a registry kept from being copied an error, although one finding names them all', () => {
    const resolutions = [found(image('web:1')), found(image('web:2'))];
    const outcomes = resolutions.map(({ image: of }) => {
      return { copy: planned(of), result: 'failed', error: fault('denied', 'No push.') } as const;
    });
    const findings = [finding('copy-failed', { images: ['web:1', 'web:2'], message: 'No push.' })];
    expect(casesOf(report({ resolutions, outcomes, findings })).slice(1)).toEqual([
      'contoso web:1: error | copy-failed | No push.',
      'contoso web:2: error | copy-failed | No push.',
    ]);
  });

  test('skips what neither fails the run nor was found', () => {
    const resolutions = [
      absent(image('web:1'), 'no such tag'),
      unknown(image('web:2'), 'refused'),
      { status: 'unresolved', image: image('web:3'), lookups: [] } as const,
    ];
    const findings = [finding('absent', { image: 'web:1', severity: 'warning' })];
    expect(casesOf(report({ resolutions, findings }))).toEqual([
      'contoso web:1: skipped | Not found in any source: no such tag',
      'contoso web:2: skipped | Could not be checked: refused',
      'contoso web:3: skipped | Not checked: no registry was accessed.',
    ]);
  });

  test('has cases of its own for faults of the run and for findings that belong to no image', () => {
    const errors = [fault('chart-render', 'It does not render.', { file: 'charts/web/templates/a.yaml', line: 3 })];
    const findings = [
      finding('unreadable', { message: 'No YAML.', file: 'charts/web/templates/b.yaml' }),
      finding('unreadable', { message: 'Only a warning.', severity: 'warning' }),
    ];
    expect(casesOf(report({ errors, findings }))).toEqual([
      'chart-images chart-render at charts/web/templates/a.yaml:3: error | chart-render | It does not render.',
      'chart-images unreadable at charts/web/templates/b.yaml: failure | unreadable | No YAML.',
    ]);
  });

  test('has no suite for a chart without images, and says when there is no case at all', () => {
    expect(toJUnit(viewOf(report()), at)).toEqual({
      xml: '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites/>\n',
      cases: 0,
    });
  });

  test('stays well-formed and within the schemas whatever a chart or a registry says', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, text, reason) => {
        const written = `${text}:1`;
        const place = { name, kind: text, chart: name, chartPath: text, template: `${name}/${reason}` };
        const of = { ...image('web:1', [use(written, place)]), image: written };
        const other = { ...image('web:2', [use('web:2', place)]), image: `${written}2` };
        const document = toJUnit(
          viewOf(
            report({
              charts: [{ chart: chart(name, text), helmVersion: reason }],
              resolutions: [absent(of, reason), found(other)],
              findings: [finding('absent', { image: written, message: text, advice: reason, file: name })],
              errors: [fault('chart-render', `${text}\u0000\uffff]]>${reason}`, { file: name })],
            }),
          ),
          at,
        );
        expect(schemaFaults(readXml(document.xml))).toEqual([]);
        expect(document.cases).toBe(3);
      }),
    );
  });
});
