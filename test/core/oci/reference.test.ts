import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksLikeRegistryHost, parseReference, parseTemplateReference } from '../../../src/core/oci/reference.ts';

const hex = 'a'.repeat(64);

describe('parseReference', () => {
  it.each([
    ['nginx', undefined, 'nginx', undefined, undefined],
    ['nginx:1.25', undefined, 'nginx', '1.25', undefined],
    ['core/contoso-a:1.0.0', undefined, 'core/contoso-a', '1.0.0', undefined],
    ['repository/release/contoso-a:1.0.0', undefined, 'repository/release/contoso-a', '1.0.0', undefined],
    ['quay.io/jetstack/cert-manager:v1', 'quay.io', 'jetstack/cert-manager', 'v1', undefined],
    ['localhost/a', 'localhost', 'a', undefined, undefined],
    ['localhost:5000/a/b:1', 'localhost:5000', 'a/b', '1', undefined],
    ['registry:5000/a', 'registry:5000', 'a', undefined, undefined],
    ['[::1]:5000/a:x', '[::1]:5000', 'a', 'x', undefined],
    ['MyRegistry.azurecr.io/a:1', 'myregistry.azurecr.io', 'a', '1', undefined],
    [`a/b@sha256:${hex}`, undefined, 'a/b', undefined, `sha256:${hex}`],
    [`gcr.io/a/b:v1@sha256:${hex}`, 'gcr.io', 'a/b', 'v1', `sha256:${hex}`],
  ])('reads %s', (text, registry, path, tag, digest) => {
    expect(parseReference(text)).toEqual({ ok: true, value: { text, registry, repository: path, tag, digest } });
  });

  it.each([
    ['', 'empty'],
    ['a b', 'not a repository path'],
    ['Contoso/a:1', 'not a repository path'],
    ['a//b:1', 'not a repository path'],
    ['a/b:', 'not a tag'],
    ['a:-x', 'not a tag'],
    [`a:${'x'.repeat(129)}`, 'not a tag'],
    ['a@sha256:abc', 'not a digest'],
    [`a@sha256:${'A'.repeat(64)}`, 'not a digest'],
    ['https://quay.io/a:1', 'not a registry host'],
    ['-.io/a', 'not a registry host'],
    ['{{ .Values.image }}', 'not a repository path'],
    ['x'.repeat(2000), 'more than'],
  ])('refuses "%s" and says why', (text, reason) => {
    const parsed = parseReference(text);
    expect(parsed).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  it('never throws, and what it accepts is made of the text it was given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80, unit: fc.constantFrom(...'aZ0.:/@-_ []{}\n\0é') }), (text) => {
        const parsed = parseReference(text);
        if (!parsed.ok) return parsed.reason.length > 0;
        const { registry, repository: path, tag, digest } = parsed.value;
        const rebuilt = `${registry === undefined ? '' : `${registry}/`}${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
        return rebuilt.toLowerCase() === text.toLowerCase();
      }),
    );
  });

  it('takes every reference that its grammar can build', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,6}((\.|_|__|-{1,3})[a-z0-9]{1,6}){0,2}$/);
    const host = fc.constantFrom('quay.io', 'localhost', 'localhost:5000', 'r:5000', '127.0.0.1:80', 'a.b-c.example');
    const tag = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/);
    fc.assert(
      fc.property(fc.option(host), fc.array(part, { minLength: 1, maxLength: 4 }), fc.option(tag), (h, parts, t) => {
        if (h === null && parts.length > 1 && looksLikeRegistryHost(parts[0] ?? '')) return true;
        const text = `${h === null ? '' : `${h}/`}${parts.join('/')}${t === null ? '' : `:${t}`}`;
        const parsed = parseReference(text);
        return parsed.ok && parsed.value.repository === parts.join('/') && parsed.value.registry === (h ?? undefined);
      }),
    );
  });
});

describe('parseTemplateReference', () => {
  it.each([
    ['OVERWRITE_ME/release/app:1.0', 'OVERWRITE_ME', 'release/app', '1.0'],
    ['ToBeReplaced/app:1.0', 'ToBeReplaced', 'app', '1.0'],
    ['_registry_/app:1.0', '_registry_', 'app', '1.0'],
    ['/contosoapp:1.14.2', '', 'contosoapp', '1.14.2'],
    ['OVERWRITE_ME/quay.io/org/app:1.0', 'OVERWRITE_ME', 'quay.io/org/app', '1.0'],
    ['OVERWRITE_ME/app', 'OVERWRITE_ME', 'app', undefined],
  ])('takes the first component of %s for a placeholder', (text, placeholder, repository, tag) => {
    const value = { text, registry: undefined, repository, tag, digest: undefined, placeholder };
    expect(parseTemplateReference(text)).toEqual({ ok: true, value });
  });

  it.each(['repository/release/contoso-a:1.0.0', 'quay.io/a/b:1', 'nginx:1.25', 'localhost:5000/a:1', 'a_b/c:1'])(
    'reads %s like any other reference',
    (text) => {
      expect(parseTemplateReference(text)).toEqual(parseReference(text));
      expect(parseReference(text).ok).toBe(true);
    },
  );

  it.each([
    '%!s(<nil>)/q:1',
    '$(Build.Registry)/app:1',
    'Team/I:1',
    '//app:1',
    '/:1',
    'docker://reg/app:1',
    'OVERWRITE_ME/reg:5000/app:1',
    'UPPER:1',
  ])('accepts no placeholder in %s', (text) => {
    expect(parseTemplateReference(text)).toEqual(parseReference(text));
    expect(parseReference(text).ok).toBe(false);
  });
});
