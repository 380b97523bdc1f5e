import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';
import { endOfObject } from '../../core/json-text.ts';
import { batchCommand, findBatchFile } from '../../core/process/batch-file.ts';
import { childEnvironment } from '../../core/process/child-environment.ts';
import { findExecutable } from '../../core/process/find-executable.ts';
import { runProgram } from '../../core/process/run-program.ts';
import { type Credential, noCredential } from './credential.ts';

/** Some helpers request a token from a cloud, which takes as long as a login. */
const timeoutMilliseconds = 60_000;

/** Cloud tokens have a few kilobytes. */
const maximumOutputBytes = 256 * 1024;

/** The output of a helper without a credential (docker-credential-helpers, credentials/error.go). */
const absent = 'credentials not found';

/** A user name that marks the secret as an identity token (docker/cli, cli/config/credentials). */
const tokenUser = '<token>';

const responseSchema = v.object({ Username: v.string(), Secret: v.string() });

export interface HelperRequest {
  /** The part of the program's name after `docker-credential-`. */
  readonly helper: string;
  /** The name of the registry in the store of the helper. */
  readonly server: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Default: the system of this process. */
  readonly platform?: NodeJS.Platform;
}

/**
 * Runs `docker-credential-<helper> get`. Returns `none` if the helper has no credential. Throws `process-failed`,
 * `process-timeout` or `process-output` if it is missing or fails.
 */
export async function runHelper(request: HelperRequest): Promise<Credential> {
  const name = `docker-credential-${request.helper}`;
  // A name with a separator would run a program outside of PATH.
  const command = /^[\w.-]+$/.test(request.helper) ? await commandOf(name, request) : undefined;
  if (command === undefined) throw failed(name, 'it is not on PATH');
  const { program, ...started } = command;
  const result = await runProgram(program, {
    ...started,
    name,
    input: request.server,
    // A helper may need the variables of its cloud, including secrets.
    environment: childEnvironment(request.environment),
    timeoutMilliseconds,
    maximumOutputBytes,
    signal: request.signal,
  });
  if (result.exitCode === 0) return readResponse(result.stdout, name);
  if (`${result.stdout}${result.stderr}`.includes(absent)) return noCredential;
  throw failed(name, `it exited with ${result.exitCode}: ${redactServerText(result.stdout || result.stderr)}`);
}

async function commandOf(name: string, { environment, platform }: HelperRequest) {
  const program = await findExecutable(name, environment);
  if (program !== undefined) return { program, arguments: ['get'] };
  // Cloud SDKs install their helpers as batch files.
  const path = await findBatchFile(name, environment, platform);
  if (path === undefined) return undefined;
  const command = batchCommand(path, ['get'], environment);
  if (command === undefined) throw failed(name, `the shell of Windows cannot start ${path}`);
  return { ...command, quoting: 'verbatim' as const };
}

function readResponse(text: string, name: string): Credential {
  let response: unknown;
  try {
    // As docker does: whatever a helper prints after the object, such as a hint to update it, is ignored.
    response = JSON.parse(text.slice(0, endOfObject(text, 0)));
  } catch {
    throw failed(name, 'its output is not JSON');
  }
  const result = v.safeParse(responseSchema, response);
  if (!result.success) throw failed(name, 'its output has no Username and Secret');
  const { Username: username, Secret: secret } = result.output;
  if (secret === '') return noCredential;
  if (username === tokenUser) return { kind: 'identity-token', token: secret };
  return { kind: 'basic', username, password: secret };
}

function failed(name: string, reason: string): ChartImagesError {
  return new ChartImagesError('process-failed', `Cannot run the credential helper ${name}: ${reason}.`, {
    advice: "Fix the helper, remove it from docker's config.json, or set the credentials in registry-credentials.",
  });
}
