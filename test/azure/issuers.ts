/**
 * Those who vouch for a pipeline: GitHub's and Azure DevOps' OpenID Connect, and the metadata service of a virtual
 * machine.
 */

import { agentJobToken } from '../support/azure-agent.ts';
import { bearerOf, json, type Part } from './exchange.ts';
import type { World } from './fake-azure.ts';

export const github = {
  issuer: 'https://token.actions.githubusercontent.com',
  subject: 'repo:contoso/cnf:ref:refs/heads/main',
  /** What ACTIONS_ID_TOKEN_REQUEST_URL holds: a URL that has a query already. */
  requestUrl: 'https://pipelines.actions.githubusercontent.com/abc/idtoken?api-version=2.0',
} as const;

export const devops = {
  issuer: 'https://vstoken.dev.azure.com/99999999-0000-4000-8000-000000000000',
  /** What SYSTEM_OIDCREQUESTURI holds. */
  requestUri: 'https://dev.azure.com/contoso/_apis/distributedtask/hubs/build/plans/p/jobs/j/oidctoken',
  subjectOf: (connection: string) => `sc://contoso/cnf/${connection}`,
} as const;

export interface Issuers {
  readonly part: Part;
  /** What may ask GitHub for a token. */
  readonly githubToken: string;
  /** The token of the job in Azure DevOps. */
  readonly jobToken: string;
}

export function issuers(world: World): Issuers {
  const githubToken = world.newSecret();
  const jobToken = world.secret(agentJobToken);
  const part: Part = async (exchange) => {
    const { host, url, method } = exchange;
    if (host === 'pipelines.actions.githubusercontent.com' && method === 'GET') {
      if (bearerOf(exchange) !== githubToken) return json(401, { message: 'the token is not valid' });
      const audience = url.searchParams.get('audience') ?? 'https://github.com/contoso';
      return json(200, {
        count: 1,
        value: world.sign({ iss: github.issuer, sub: github.subject, aud: audience }, 300),
      });
    }
    if (host === 'dev.azure.com' && method === 'POST' && url.pathname.endsWith('/oidctoken')) {
      if (bearerOf(exchange) !== jobToken)
        return { status: 302, headers: { location: 'https://dev.azure.com/_signin' } };
      const connection = url.searchParams.get('serviceConnectionId') ?? '';
      const claims = { iss: devops.issuer, sub: devops.subjectOf(connection), aud: 'api://AzureADTokenExchange' };
      return json(200, { oidcToken: world.sign(claims, 300) });
    }
    return undefined;
  };
  return { part, githubToken, jobToken };
}
