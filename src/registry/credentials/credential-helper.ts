import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';
import { childEnvironment } from '../../core/process/child-environment.ts';
import { findExecutable } from '../../core/process/find-executable.ts';
import { runProgram } from '../../core/process/run-program.ts';
import { type Credential, noCredential } from './credential.ts';

/** Some helpers ask a cloud for a token; none needs longer than a login would. */
const timeoutMilliseconds = 60_000;

/** Cloud tokens have a few kilobytes. */
const maximumOutputBytes = 256 * 1024;

/** What a helper prints when it works and has nothing (docker-credential-helpers, credentials/error.go). */
const absent = 'credentials not found';

/** A user name that says: the secret is an identity token (docker/cli, cli/config/credentials). */
const tokenUser = '<token>';

const responseSchema = v.object({ Username: v.string(), Secret: v.string() });

export interface HelperRequest {
  /** The part of the program's name after `docker-credential-`. */
  readonly helper: string;
  /** What the registry is called in the helper's store. */
  readonly server: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Asks `docker-credential-<helper> get`. Having nothing is no error; a helper that is missing or fails is one
 * (`process-failed`, `process-timeout`, `process-output`).
 */
export async function askHelper(request: HelperRequest): Promise<Credential> {
  const name = `docker-credential-${request.helper}`;
  // A name with a separator would run a program outside of PATH.
  const program = /^[\w.-]+$/.test(request.helper) ? await findExecutable(name, request.environment) : undefined;
  if (program === undefined) throw failed(name, 'it is not on PATH');
  const result = await runProgram(program, {
    arguments: ['get'],
    input: request.server,
    // A helper works from variables of its own cloud, secrets among them.
    environment: childEnvironment(request.environment),
    timeoutMilliseconds,
    maximumOutputBytes,
    signal: request.signal,
  });
  if (result.exitCode === 0) return readResponse(result.stdout, name);
  if (`${result.stdout}${result.stderr}`.includes(absent)) return noCredential;
  throw failed(name, `it ended with ${result.exitCode}: ${redactServerText(result.stdout || result.stderr)}`);
}

function readResponse(text: string, name: string): Credential {
  let response: unknown;
  try {
    response = JSON.parse(text);
  } catch {
    throw failed(name, 'its answer is not JSON');
  }
  const result = v.safeParse(responseSchema, response);
  if (!result.success) throw failed(name, 'its answer has no Username and Secret');
  const { Username: username, Secret: secret } = result.output;
  if (secret === '') return noCredential;
  if (username === tokenUser) return { kind: 'identity-token', token: secret };
  return { kind: 'basic', username, password: secret };
}

function failed(name: string, reason: string): ChartImagesError {
  return new ChartImagesError('process-failed', `The credential helper ${name} could not be asked: ${reason}.`, {
    advice: "Fix the helper, take it out of docker's config.json, or give the credentials in registry-credentials.",
  });
}
