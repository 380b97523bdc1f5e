/**
 * Microsoft Entra ID: tokens for applications by secret, certificate and federated credential, with its own words for
 * refusals.
 */
import { constants, createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { type Exchange, formOf, json, type Part, type Reply } from './exchange.ts';
import type { Principal, World } from './fake-azure.ts';

/** Authorities of the clouds; each knows only its own applications in reality, which makes no difference here. */
const authorities = [
  'login.microsoftonline.com',
  'login.chinacloudapi.cn',
  'login.partner.microsoftonline.cn',
  'login.microsoftonline.us',
];

export function entra(world: World): Part {
  return async (exchange) => {
    if (!authorities.includes(exchange.host)) return undefined;
    const path = exchange.url.pathname;
    if (path === '/common/discovery/instance') return discovery(exchange.host);
    const [, tenant = '', ...rest] = path.split('/');
    if (!world.principals.some((principal) => principal.tenant === tenant)) {
      return refusal(
        400,
        'invalid_request',
        `AADSTS90002: Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
      );
    }
    switch (rest.join('/')) {
      case 'v2.0/.well-known/openid-configuration':
        return json(200, configuration(exchange.host, tenant));
      case 'oauth2/v2.0/token':
        return token(exchange, tenant, world);
      default:
        return undefined;
    }
  };
}

function discovery(host: string): Reply {
  return json(200, {
    tenant_discovery_endpoint: `https://${host}/common/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: authorities.map((each) => ({ preferred_network: each, preferred_cache: each, aliases: [each] })),
  });
}

function configuration(host: string, tenant: string) {
  const base = `https://${host}/${tenant}`;
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    issuer: `${base}/v2.0`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  };
}

function token(exchange: Exchange, tenant: string, world: World): Reply {
  const form = formOf(exchange);
  const clientId = form.get('client_id') ?? '';
  const principal = world.principals.find((each) => each.clientId === clientId && each.tenant === tenant);
  if (principal === undefined) {
    return refusal(
      400,
      'unauthorized_client',
      `AADSTS700016: Application with identifier '${clientId}' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
    );
  }
  const wrong = provenBy(form, principal, exchange.host, world);
  if (wrong !== undefined) return wrong;
  const scope = form.get('scope') ?? '';
  // `https://management.azure.com//.default` is what a resource with a trailing slash becomes.
  const audience = scope.split(' ')[0]?.replace(/\/?\/\.default$/, '') ?? '';
  return json(200, {
    token_type: 'Bearer',
    expires_in: world.behavior.entraTokenLife,
    ext_expires_in: world.behavior.entraTokenLife,
    access_token: accessToken(world, principal, audience),
  });
}

/** What Entra gives out, also for managed identities and for az. */
export function accessToken(world: World, principal: Principal, audience: string): string {
  const claims = { aud: audience, appid: principal.clientId, oid: principal.objectId, tid: principal.tenant };
  return world.sign({ iss: `https://sts.windows.net/${principal.tenant}/`, ...claims }, world.behavior.entraTokenLife);
}

/** The refusal, when the form does not prove that it comes from the principal. */
function provenBy(form: URLSearchParams, principal: Principal, host: string, world: World): Reply | undefined {
  const secret = form.get('client_secret');
  if (secret !== null) {
    if (secret === principal.secret) return undefined;
    return refusal(
      401,
      'invalid_client',
      `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${principal.clientId}'.`,
    );
  }
  const assertion = world.secret(form.get('client_assertion') ?? '');
  const [header, claims] = assertion.split('.').slice(0, 2).map(readPart);
  if (header === undefined || claims === undefined) {
    return refusal(
      401,
      'invalid_client',
      "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    );
  }
  if (Number(claims['exp']) < Date.now() / 1000) {
    return refusal(
      401,
      'invalid_client',
      'AADSTS700024: Client assertion is not within its valid time range. Current time: now, expiry time of assertion: past.',
    );
  }
  if (claims['iss'] === principal.clientId) return signed(assertion, header, claims, principal, host);
  const issued = principal.federated?.filter(({ issuer }) => issuer === claims['iss']) ?? [];
  if (issued.length === 0) {
    return refusal(
      401,
      'invalid_client',
      `AADSTS700211: No matching federated identity record found for presented assertion issuer '${claims['iss']}'.`,
    );
  }
  const meant = issued.find(({ subject }) => subject === claims['sub']);
  if (meant === undefined) {
    return refusal(
      401,
      'invalid_client',
      `AADSTS700213: No matching federated identity record found for presented assertion subject '${claims['sub']}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
    );
  }
  if (meant.audience !== claims['aud']) {
    return refusal(
      401,
      'invalid_client',
      `AADSTS700212: No matching federated identity record found for presented assertion audience '${claims['aud']}'.`,
    );
  }
  return world.read(assertion) === undefined
    ? refusal(401, 'invalid_client', 'AADSTS50013: Assertion failed signature validation.')
    : undefined;
}

function signed(
  assertion: string,
  header: Claims,
  claims: Claims,
  principal: Principal,
  host: string,
): Reply | undefined {
  const certificate = new X509Certificate(principal.certificate ?? '');
  const [head = '', body = '', signature = ''] = assertion.split('.');
  const padding = header['alg'] === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
  const key = { key: createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' })), ...padding };
  const good = verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
  const thumbprints = ['sha1', 'sha256'].map((algorithm) =>
    createHash(algorithm).update(certificate.raw).digest('base64url'),
  );
  const known = thumbprints.includes(String(header['x5t'] ?? header['x5t#S256']));
  if (good && known && String(claims['aud']).includes(host)) return undefined;
  return refusal(
    401,
    'invalid_client',
    'AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.',
  );
}

type Claims = Readonly<Record<string, unknown>>;

function readPart(part: string): Claims | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof read === 'object' && read !== null ? Object.fromEntries(Object.entries(read)) : undefined;
  } catch {
    return undefined;
  }
}

function refusal(status: number, error: string, description: string): Reply {
  const code = Number(/AADSTS(\d+)/.exec(description)?.[1] ?? 0);
  const ids =
    'Trace ID: 00000000-1111-2222-3333-444444444444 Correlation ID: 55555555-6666-7777-8888-999999999999 Timestamp: 2026-11-24 07:30:00Z';
  return json(status, {
    error,
    error_description: `${description} ${ids}`,
    error_codes: [code],
    trace_id: '00000000-1111-2222-3333-444444444444',
  });
}
