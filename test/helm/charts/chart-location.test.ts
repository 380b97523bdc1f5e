import { describe, expect, it } from 'vitest';
import { parseChartLocation, redactLocation } from '../../../src/helm/charts/chart-location.ts';

const digest = `sha256:${'a1'.repeat(32)}`;

describe('where a chart is', () => {
  it.each([
    ['oci://Registry.example:5000/charts/contoso:1.0.0', 'registry.example:5000', 'charts/contoso', '1.0.0'],
    ['oci://r.example/contoso:1.0.0-rc.1+build.5', 'r.example', 'contoso', '1.0.0-rc.1+build.5'],
  ])('%s is a chart in a registry', (text, host, path, version) => {
    expect(parseChartLocation(text)).toEqual({ ok: true, value: { kind: 'oci', text, host, path, version } });
  });

  it.each([
    ['oci://r.example/contoso:^1.0', '^1.0', undefined],
    ['oci://r.example/contoso:>=1.0.0 <2.0.0', '>=1.0.0 <2.0.0', undefined],
    [`oci://r.example/contoso@${digest}`, '', digest],
    [`oci://r.example/contoso:1.0.0@${digest}`, '1.0.0', digest],
  ])('%s is a chart in a registry by constraint or digest', (text, version, digest) => {
    const parsed = parseChartLocation(text);
    expect(parsed).toEqual({
      ok: true,
      value: { kind: 'oci', text, host: 'r.example', path: 'contoso', version, ...(digest && { digest }) },
    });
  });

  it.each([
    ['https://charts.example#contoso@next', '"next" is not a version or a constraint such as ^1.2'],
    ['https://charts.example#contoso@^', '"^" is not a version or a constraint such as ^1.2'],
    ['https://charts.example#contoso@>>1', '">>1" is not a version or a constraint such as ^1.2'],
    ['oci://r.example/contoso:not a version', '"not a version" is not a version, a tag, or a constraint such as ^1.2'],
    ['oci://r.example/contoso:>>1', '">>1" is not a version, a tag, or a constraint such as ^1.2'],
    ['oci://r.example/contoso@sha256:12', '"oci://sha256:12" does not have the form'],
  ])('%s can be no version', (text, reason) => {
    expect(parseChartLocation(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  it.each([
    ['https://charts.example/stable/#contoso@1.0.0', 'https://charts.example/stable', 'contoso', '1.0.0'],
    ['http://localhost:8080#a-b@^1', 'http://localhost:8080', 'a-b', '^1'],
  ])('%s is a chart in a repository', (text, url, name, version) => {
    expect(parseChartLocation(text)).toEqual({ ok: true, value: { kind: 'repository', text, url, name, version } });
  });

  it.each(['charts/contoso', './a.tgz', '/abs/a.tar', 'C:\\charts\\a', 'charts/*', 'ocicharts'])(
    '%s is on this machine',
    (path) => {
      expect(parseChartLocation(path)).toEqual({ ok: true, value: { kind: 'local', path } });
    },
  );

  it.each([
    'oci://r.example/contoso',
    'oci://contoso:1.0.0',
    'https://charts.example',
    'https://charts.example#contoso',
    'https://charts.example/contoso-1.0.0.tgz',
    'https://user:secret@charts.example#contoso@1.0.0',
    'https://user:secret@charts.example#contoso',
    'https://charts.example/x?sig=secret#contoso',
    'https://user:12/secret@charts.example#contoso',
    'https://user:1#secret@charts.example#contoso@1.0.0',
    'oci://user:secret@r.example/contoso:1.0.0',
  ])('%s is neither: a remote chart names its version', (text) => {
    const parsed = parseChartLocation(text);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.reason).not.toContain('secret');
  });

  it('is shown without the signature that it is asked with', () => {
    const parsed = parseChartLocation('https://charts.example/stable?sig=secret#contoso@1.0.0');
    const value = {
      text: 'https://charts.example/stable?sig=***#contoso@1.0.0',
      url: 'https://charts.example/stable?sig=secret',
    };
    expect(parsed).toMatchObject({ ok: true, value });
    expect(redactLocation('charts/a@b?c#d')).toBe('charts/a@b?c#d');
  });
});
