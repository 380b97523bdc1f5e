import { join } from 'node:path';
import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';
import { childEnvironment } from '../../core/process/child-environment.ts';
import { findExecutable } from '../../core/process/find-executable.ts';
import { runProgram } from '../../core/process/run-program.ts';
import { entraError } from './entra-error.ts';

/** `az` starts slowly, and may have to renew its own token first. */
const timeoutMilliseconds = 60_000;

const maximumOutputBytes = 256 * 1024;

/** `expires_on` is in seconds. Versions before 2.54 only have the local time. */
const responseSchema = v.object({
  accessToken: v.pipe(v.string(), v.minLength(1)),
  expires_on: v.optional(v.number()),
});

export interface AzCliToken {
  readonly value: string;
  /** Milliseconds since 1970, as Date.now(). */
  readonly expires: number;
}

/** Milliseconds, for a token without expiry. Tokens of Microsoft Entra ID are valid for at least an hour. */
const assumedLifetime = 5 * 60_000;

/**
 * A token of the session of `az`. Undefined if az is not installed or has no session. Throws `azure-identity` for an
 * expired or rejected session. Not by the SDK, whose child process inherits all secrets and outlives a canceled run.
 */
export async function getAzCliToken(
  resource: string,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<AzCliToken | undefined> {
  const start = await commandOf(environment);
  if (start === undefined) return undefined;
  const result = await runProgram(start.program, {
    arguments: [...start.arguments, 'account', 'get-access-token', '--output', 'json', '--resource', resource],
    environment: childEnvironment(environment, otherIdentities),
    timeoutMilliseconds,
    maximumOutputBytes,
    signal,
  });
  if (result.exitCode === 0) return readToken(result.stdout);
  // Before the next check: for an expired session, az prints the reason and `az login`.
  if (/AADSTS\d/.test(result.stderr)) throw entraError('the session of az', result.stderr, loginAgain);
  if (/az login|az account set|no subscription found/i.test(result.stderr)) return undefined;
  throw new ChartImagesError('azure-identity', `Cannot get a token from az: ${redactServerText(result.stderr)}`, {
    advice: `Run "az account get-access-token --resource ${resource}" in a terminal to find the cause.`,
  });
}

/** The sessions of azure/login and AzureCLI@2 use an assertion that is valid for minutes. */
const loginAgain =
  'Log in again right before this step (azure/login, AzureCLI@2), or configure an identity for chart-images itself.';

/** On Windows az is a batch file, which can't be started without a shell, so its Python is started directly. */
async function commandOf(environment: Readonly<Record<string, string | undefined>>) {
  if (process.platform !== 'win32') {
    const program = await findExecutable('az', environment);
    return program === undefined ? undefined : { program, arguments: [] };
  }
  for (const folder of [environment['ProgramFiles'], environment['ProgramFiles(x86)']]) {
    if (folder === undefined) continue;
    const program = await findExecutable('python', { PATH: join(folder, 'Microsoft SDKs', 'Azure', 'CLI2') });
    if (program !== undefined) return { program, arguments: ['-IBm', 'azure.cli'] };
  }
  return undefined;
}

function readToken(text: string): AzCliToken {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Without the cause, which quotes the text.
    json = undefined;
  }
  const read = v.safeParse(responseSchema, json);
  if (!read.success) {
    throw new ChartImagesError('azure-identity', 'Cannot get a token from az: its output has none.', {
      advice: 'Update az.',
    });
  }
  const { accessToken, expires_on } = read.output;
  return { value: accessToken, expires: expires_on === undefined ? Date.now() + assumedLifetime : expires_on * 1000 };
}

/** Credentials of other identities, which az doesn't need because it has a session. */
const otherIdentities = /^(AZURE_CLIENT_SECRET|AZURE_CLIENT_CERTIFICATE_PASSWORD|GITHUB_TOKEN|GH_TOKEN)$/i;
