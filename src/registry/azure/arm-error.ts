import * as v from 'valibot';
import { ChartImagesError, type ErrorCode } from '../../core/errors.ts';
import { clockSkewAdvice } from '../../core/http/clock-skew.ts';
import { redactServerText } from '../../core/http/redact.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { retryAfter } from '../../core/http/retry-policy.ts';
import { adviceForStatus, errorCodeForStatus } from '../../core/http/status.ts';

/** What Azure Resource Manager says about an error (resource-manager-api, common types `ErrorResponse`). */
export interface ArmError {
  readonly code: string;
  readonly message: string;
}

const errorSchema = v.object({ code: v.optional(v.string(), ''), message: v.optional(v.string(), '') });
const bodyShape = v.object({ error: errorSchema });

/** Names, actions and scopes are what its messages are worth reading for, and they are long. */
const longestMessage = 1_000;

function parseArmError(response: BufferedResponse): ArmError {
  let json: unknown;
  try {
    json = JSON.parse(response.bytes.toString('utf8'));
  } catch {
    return { code: '', message: '' };
  }
  const read = v.safeParse(bodyShape, json);
  return read.success ? read.output.error : { code: '', message: '' };
}

/** The resource itself is not there. A missing group or subscription is a wrong name, which is another thing. */
export function isMissing(response: BufferedResponse): boolean {
  return (
    response.status === 404 &&
    ['ResourceNotFound', 'NotFound', 'ParentResourceNotFound', ''].includes(parseArmError(response).code)
  );
}

/** The error for an answer that is no success: who wanted what, Azure's own words, and what to do. */
export function armResponseError(response: BufferedResponse, operation: string, identity: string): ChartImagesError {
  const { code, message } = parseArmError(response);
  const said = redactServerText([code, message].filter((part) => part !== '').join(': '), longestMessage);
  return new ChartImagesError(
    codeOf(response.status),
    `Could not ${operation} as ${identity}: Azure answers ${response.status}${said === '' ? '' : ` (${said})`}.`,
    {
      advice:
        clockSkewAdvice(response, Date.now()) ??
        (response.status === 429 ? retryTimeAdvice(response) : adviceFor(response.status, code, message)),
    },
  );
}

/** An operation that Azure took on and did not finish. */
export function operationFailedError(
  operation: string,
  { code, message }: ArmError,
  identity: string,
): ChartImagesError {
  const said = redactServerText([code, message].filter((part) => part !== '').join(': '), longestMessage).replace(
    /\.$/,
    '',
  );
  return new ChartImagesError(
    'azure-operation',
    `Could not ${operation} as ${identity}: Azure ended the operation with ${said || 'no reason'}.`,
    {
      advice:
        missingPermission(message) ??
        'Run again; when it stays so, look at the activity log of the resource in the Azure portal.',
    },
  );
}

function codeOf(status: number): ErrorCode {
  const code = errorCodeForStatus(status);
  return code === 'registry-answer' ? 'azure-operation' : code;
}

/** Roles that hold the actions which this program needs; owners and contributors of the resource hold them all. */
const rolesByAction: readonly (readonly [RegExp, string])[] = [
  [/\/importImage\//i, '"Container Registry Data Importer and Data Reader" on the registry'],
  [/\/registries\/read$/i, '"Reader" on the registry'],
  [/\/registries\//i, '"Contributor" on the registry'],
  [/^Microsoft\.HybridNetwork\//i, '"Contributor" on the resource group of the publisher'],
];

/** Azure names what is missing, in errors of requests and of operations alike. */
function missingPermission(message: string): string | undefined {
  const [, action, scope] = /perform action '([^']+)' over scope '([^']+)'/.exec(message) ?? [];
  if (action === undefined || scope === undefined) return undefined;
  const role = rolesByAction.find(([pattern]) => pattern.test(action))?.[1];
  const example = role === undefined ? '' : `, for example ${role}`;
  return `Give this identity a role with the action ${action}${example}; a role that was given just now takes some minutes.`;
}

function retryTimeAdvice(response: BufferedResponse): string {
  const seconds = Math.ceil((retryAfter(response, Date.now()) ?? 0) / 1000);
  const when = seconds > 0 ? `in ${seconds} seconds` : 'in some minutes';
  return `Run again ${when}: Azure limits how often one identity may ask, and other pipelines may use the same one.`;
}

function adviceFor(status: number, code: string, message: string): string {
  const action = missingPermission(message);
  if (action !== undefined) return action;
  switch (code) {
    case 'SubscriptionNotFound':
    case 'InvalidSubscriptionId':
      return 'Check azure-subscription, and that this identity may see the subscription.';
    case 'ResourceGroupNotFound':
      return 'Check publisher_resource_group_name and azure-subscription.';
    case 'InvalidAuthenticationTokenTenant':
      return 'Check that the identity is of the tenant that the subscription belongs to.';
    case 'InvalidAuthenticationTokenAudience':
      return 'Check AZURE_AUTHORITY_HOST: the subscription is in another cloud than the identity.';
    case 'ExpiredAuthenticationToken':
      return 'Check the clock of the machine and run again.';
    case 'MissingSubscriptionRegistration':
      return 'Register the resource provider that is named in the subscription (az provider register).';
    default:
      return status === 403
        ? 'Ask for the permission that is named, or use another identity.'
        : adviceForStatus(status);
  }
}
