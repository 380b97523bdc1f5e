import { expect, test } from 'vitest';
import { checkRealm, resolveRealm } from '../../../src/registry/client/realm.ts';

const azure = new URL('https://contoso.azurecr.io');

test.each([
  ['Docker Hub', 'https://registry-1.docker.io', 'https://auth.docker.io/token'],
  ['GitLab', 'https://registry.gitlab.com', 'https://gitlab.com/jwt/auth'],
  ['GitHub', 'https://ghcr.io', 'https://ghcr.io/token'],
  ['Quay', 'https://quay.io', 'https://quay.io/v2/auth'],
  ['DigitalOcean', 'https://registry.digitalocean.com', 'https://api.digitalocean.com/v2/registry/auth'],
  ['Azure', 'https://contoso.azurecr.io', 'https://contoso.azurecr.io/oauth2/token'],
  ['a registry of a company', 'https://10.0.0.5', 'https://10.0.0.5:8443/token'],
])('the token server of %s may be asked', (_, registry, realm) => {
  expect(resolveRealm(realm, new URL(registry)).href).toBe(realm);
});

test.each([
  ['https://attacker.example/oauth2/token'],
  ['https://contoso.azurecr.io:8443/oauth2/token'],
  ['https://contoso.azurecr.io.attacker.example/oauth2/token'],
  ['https://other.azurecr.io/oauth2/token'],
  ['http://contoso.azurecr.io/oauth2/token'],
  ['https://contoso.azurecr.io@attacker.example/oauth2/token'],
])('a registry of Azure cannot name the token server %s', (realm) => {
  expect(() => resolveRealm(realm, azure)).toThrow(
    expect.objectContaining({ code: 'registry-answer', advice: expect.stringContaining('No request was sent') }),
  );
});

test.each([
  ['with a user name', 'https://user@auth.example/token'],
  ['with a password', 'https://user:secret@auth.example/token'],
])('a token server %s in its URL is refused, without showing it', (_, realm) => {
  const refuse = () => resolveRealm(realm, new URL('https://r.example'));
  expect(refuse).toThrow(/contains a user name/);
  expect(refuse).not.toThrow(/secret|user@/);
});

test("an Entra token leaves the registry's host for no realm, whatever the registry is called", () => {
  const token = { kind: 'azure-access-token', token: 'entra', identity: 'the identity' } as const;
  const registry = new URL('https://registry.contoso.example');
  expect(() => checkRealm(token, new URL('https://auth.contoso.example/token'), registry)).toThrow(
    /not on the host of the registry/,
  );
  expect(() => checkRealm(token, new URL('https://registry.contoso.example/token'), registry)).not.toThrow();
});
