import type { Credentials } from '../credentials/credentials.ts';
import { isPlainAnswer } from '../http/failure.ts';
import type { Http } from '../http/http.ts';
import type { Log } from '../log.ts';
import { addressesOf } from './address.ts';
import { type Authorization, createAuthorization } from './authorization.ts';
import { challengesOf } from './challenge.ts';
import { schemeOf } from './scheme.ts';

/** What is read of the answer to `/v2/`, which is `{}` in practice. */
const maximumGreetingBytes = 64 * 1024;

export interface DoorOptions {
  readonly host: string;
  readonly http: Http;
  readonly credentials: Credentials;
  /** Hosts to speak HTTP to. */
  readonly plainHttp: readonly string[];
  /** Makes the host of the run hide a token that the registry issued. */
  readonly mask: (secret: string) => void;
  readonly log: Log;
  /** Takes a line of how credentials were found. */
  readonly explain?: (line: string) => void;
}

/** Where a registry's API is, and what it wants. */
export interface Door {
  readonly address: URL;
  readonly authorization: Authorization;
  /** 404 at the door means that the API is not there (OCI distribution-spec, "Determining Support"). */
  readonly speaks: 'registry' | 'stranger';
}

/** The door of a registry, found by one attempt for all who wait; a failed one is not kept: the next who asks tries again. */
export function createDoor(options: DoorOptions): () => Promise<Door> {
  let found: Promise<Door> | undefined;
  return () => {
    found ??= knock(options).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

/** Finds the API and what it wants of whoever asks (OCI distribution-spec, "Determining Support"). */
async function knock(options: DoorOptions): Promise<Door> {
  const { address, answer } = await greet(options);
  const scheme = answer.status === 401 ? schemeOf(challengesOf(answer), address) : ({ kind: 'open' } as const);
  if (scheme.kind === 'open')
    options.explain?.(`Credentials for ${options.host}: not looked for, it lets everyone in.`);
  const authorization = createAuthorization({ ...options, address, scheme });
  return { address, authorization, speaks: answer.status === 404 ? 'stranger' : 'registry' };
}

async function greet({ host, http, plainHttp }: DoorOptions) {
  const [first, second] = addressesOf(host, plainHttp);
  const at = async (address: URL) => {
    const request = { method: 'GET', url: new URL('/v2/', address) } as const;
    return { address, answer: await http.read(request, maximumGreetingBytes) };
  };
  try {
    return await at(first);
  } catch (error) {
    if (second === undefined || !isPlainAnswer(error)) throw error;
    return await at(second);
  }
}
