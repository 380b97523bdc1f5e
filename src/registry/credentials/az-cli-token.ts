import { join } from 'node:path';
import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';
import { childEnvironment } from '../../core/process/child-environment.ts';
import { findExecutable } from '../../core/process/find-executable.ts';
import { runProgram } from '../../core/process/run-program.ts';
import { entraError } from './entra-error.ts';

/** `az` is a large Python program that may have to renew its own token first. */
const timeoutMilliseconds = 60_000;

const maximumOutputBytes = 256 * 1024;

/** `expires_on` counts seconds; versions before 2.54 have only the local time. */
const responseSchema = v.object({
  accessToken: v.pipe(v.string(), v.minLength(1)),
  expires_on: v.optional(v.number()),
});

export interface AzCliToken {
  readonly value: string;
  /** As Date.now() counts. */
  readonly expires: number;
}

/** Milliseconds that a token without a time of its own is used: tokens of Entra live for an hour at least. */
const assumedLife = 5 * 60_000;

/**
 * A token of the user that is logged in with `az`; undefined if az is not there or has no session. Throws `azure-identity` for a session
 * that is over or refused. Not by the identity library, whose child inherits every secret in this process's environment and
 * outlives an interrupted run.
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
    environment: childEnvironment(environment, otherProofs),
    timeoutMilliseconds,
    maximumOutputBytes,
    signal,
  });
  if (result.exitCode === 0) return readToken(result.stdout);
  // Before the next line: of a session that is over az says why, and asks for `az login` as well.
  if (/AADSTS\d/.test(result.stderr)) throw entraError('the session of az', result.stderr, again);
  if (/az login|az account set|no subscription found/i.test(result.stderr)) return undefined;
  throw new ChartImagesError('azure-identity', `az gives no token: ${redactServerText(result.stderr)}`, {
    advice: `Run "az account get-access-token --resource ${resource}" by hand to see what it wants.`,
  });
}

/** What azure/login and AzureCLI@2 leave behind proves itself with an assertion that lives for minutes. */
const again = 'Log in again right before this step (azure/login, AzureCLI@2), or give the run an identity of its own.';

/** On Windows az is a batch file, which starts the Python beside it; batch files cannot be started without a shell. */
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
    // Without the parser's words, which quote the text.
    json = undefined;
  }
  const read = v.safeParse(responseSchema, json);
  if (!read.success) {
    throw new ChartImagesError('azure-identity', 'az answers without a token.', { advice: 'Update az.' });
  }
  const { accessToken, expires_on } = read.output;
  return { value: accessToken, expires: expires_on === undefined ? Date.now() + assumedLife : expires_on * 1000 };
}

/** az is logged in already: it needs its own folders and proxies, and none of what proves another identity. */
const otherProofs = /^(AZURE_CLIENT_SECRET|AZURE_CLIENT_CERTIFICATE_PASSWORD|GITHUB_TOKEN|GH_TOKEN)$/i;
