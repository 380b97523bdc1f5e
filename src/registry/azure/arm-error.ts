import * as v from 'valibot';
import { ChartImagesError, type ErrorCode } from '../../core/errors.ts';
import { clockSkewAdvice } from '../../core/http/clock-skew.ts';
import { redactServerText } from '../../core/http/redact.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { retryAfter } from '../../core/http/retry-policy.ts';
import { adviceForStatus, errorCodeForStatus } from '../../core/http/status.ts';

/** The body of an error response of Azure Resource Manager (resource-manager-api, common types `ErrorResponse`). */
export interface ArmError {
  readonly code: string;
  readonly message: string;
}

const errorSchema = v.object({ code: v.optional(v.string(), ''), message: v.optional(v.string(), '') });
const bodyShape = v.object({ error: errorSchema });

/** Characters. The names, actions and scopes in the messages are long and needed. */
const maximumMessage = 1_000;

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

/** The resource itself is missing. A missing resource group or subscription is an error in the inputs. */
export function isNotFoundResponse(response: BufferedResponse): boolean {
  return (
    response.status === 404 &&
    ['ResourceNotFound', 'NotFound', 'ParentResourceNotFound', ''].includes(parseArmError(response).code)
  );
}

/** A response that is not a success. */
export class ArmResponseError extends ChartImagesError {
  readonly status: number;

  constructor(code: ErrorCode, message: string, advice: string, { status }: BufferedResponse) {
    super(code, message, { advice });
    this.status = status;
  }
}

/** The error for a response that is not a success, with the operation, the identity and the message of Azure. */
export function armResponseError(response: BufferedResponse, operation: string, identity: string): ArmResponseError {
  const { code, message } = parseArmError(response);
  const detail = redactServerText([code, message].filter((part) => part !== '').join(': '), maximumMessage);
  return new ArmResponseError(
    codeOf(response.status),
    `Cannot ${operation} as ${identity}: Azure returned ${response.status}${detail === '' ? '' : ` (${detail})`}.`,
    clockSkewAdvice(response, Date.now()) ??
      (response.status === 429 ? retryTimeAdvice(response) : adviceFor(response.status, code, message)),
    response,
  );
}

/** An operation that Azure accepted and that failed later. */
export function operationFailedError(
  operation: string,
  { code, message }: ArmError,
  identity: string,
): ChartImagesError {
  const text = [code, message].filter((part) => part !== '').join(': ');
  const detail = redactServerText(text, maximumMessage).replace(/\.$/, '');
  return new ChartImagesError(
    'azure-operation',
    `Cannot ${operation} as ${identity}: the Azure operation failed (${detail || 'no reason given'}).`,
    {
      advice:
        missingPermission(message) ??
        'Run again. If the problem persists, check the activity log of the resource in the Azure portal.',
    },
  );
}

function codeOf(status: number): ErrorCode {
  const code = errorCodeForStatus(status);
  return code === 'registry-answer' ? 'azure-operation' : code;
}

/** The least privileged role for each required action. */
const rolesByAction: readonly (readonly [RegExp, string])[] = [
  [/\/importImage\//i, '"Container Registry Data Importer and Data Reader" on the registry'],
  [/\/registries\/read$/i, '"Reader" on the registry'],
  [/\/registries\//i, '"Contributor" on the registry'],
  [/^Microsoft\.HybridNetwork\//i, '"Contributor" on the resource group of the publisher'],
];

/** The errors of requests and of operations name the missing action and its scope. */
function missingPermission(message: string): string | undefined {
  const [, action, scope] = /perform action '([^']+)' over scope '([^']+)'/.exec(message) ?? [];
  if (action === undefined || scope === undefined) return undefined;
  const role = rolesByAction.find(([pattern]) => pattern.test(action))?.[1];
  const example = role === undefined ? '' : `, for example ${role}`;
  return `Assign this identity a role with the action ${action}${example}. A new role assignment takes some minutes.`;
}

function retryTimeAdvice(response: BufferedResponse): string {
  const seconds = Math.ceil((retryAfter(response, Date.now()) ?? 0) / 1000);
  const when = seconds > 0 ? `in ${seconds} seconds` : 'in some minutes';
  return `Run again ${when}. Azure limits the request rate of each identity, which other pipelines may share.`;
}

function adviceFor(status: number, code: string, message: string): string {
  const action = missingPermission(message);
  if (action !== undefined) return action;
  switch (code) {
    case 'SubscriptionNotFound':
    case 'InvalidSubscriptionId':
      return 'Check azure-subscription, and that this identity has access to the subscription.';
    case 'ResourceGroupNotFound':
      return 'Check publisher_resource_group_name and azure-subscription.';
    case 'InvalidAuthenticationTokenTenant':
      return 'Check that the identity is in the tenant of the subscription.';
    case 'InvalidAuthenticationTokenAudience':
      return 'Check AZURE_AUTHORITY_HOST. The subscription and the identity are in different clouds.';
    case 'ExpiredAuthenticationToken':
      return 'Check the clock of the machine and run again.';
    case 'MissingSubscriptionRegistration':
      return 'Register the resource provider of the message in the subscription (az provider register).';
    default:
      return status === 403
        ? 'Request the permission in the message, or use another identity.'
        : adviceForStatus(status);
  }
}
