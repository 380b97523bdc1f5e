/** Starts the real CNCF distribution registry on a free loopback port, with its content in a temporary folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toolPath } from '../../scripts/tools.ts';
import type { TokenServer } from './token-server.ts';

/** The one user of a registry that is started with `auth: 'htpasswd'`. */
export const registryUser = { username: 'robot', password: 'opensesame' } as const;

/** bcrypt (cost 5) of `registryUser.password`. */
const passwordHash = '$2b$05$abcdefghijklmnopqrstuuQbLfdQZSxZ9gjhA5V9o8Tyc6aQRO0Qi';

export interface DistributionOptions {
  /** A token server makes the registry trust its tokens. */
  readonly auth?: 'none' | 'htpasswd' | TokenServer;
  /** PEM files; the registry then speaks HTTPS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Takes manifests with layers that are elsewhere; by default it refuses those. */
  readonly foreignLayers?: 'taken' | 'refused';
  /** How upload locations are written. */
  readonly locations?: 'absolute' | 'relative';
  /** Writes what the registry holds from the start, into the folder of its content. */
  readonly fill?: (content: string) => void;
}

export interface Distribution {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** With scheme, without trailing slash. */
  readonly url: string;
  /** Ends the registry and removes its content. */
  stop(): Promise<void>;
}

export async function startDistribution(options: DistributionOptions = {}): Promise<Distribution> {
  const folder = await mkdtemp(join(tmpdir(), 'distribution-'));
  const configFile = join(folder, 'config.json');
  options.fill?.(join(folder, 'content'));
  // YAML takes JSON, so nothing needs a YAML writer here.
  await writeFile(configFile, JSON.stringify(await configuration(options, folder)));
  const [program, ...given] = commandLine(configFile, folder);
  const child = spawn(program, given, {
    // Without the last one it looks for a trace collector.
    env: { PATH: process.env['PATH'], HOME: folder, OTEL_TRACES_EXPORTER: 'none' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const host = await listeningAddress(child);
    return { host, url: `${options.tls ? 'https' : 'http'}://${host}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * `npm run peers` has the tests run against other registries: another program that takes the same file, or the one in
 * crane.
 */
function commandLine(configFile: string, folder: string): readonly [program: string, ...given: string[]] {
  const other = process.env['REGISTRY_PROGRAM'] ?? '';
  if (other === '') return [toolPath('registry'), 'serve', configFile];
  if (!other.endsWith('crane')) return [other, 'serve', configFile];
  return [other, 'registry', 'serve', '--address', '127.0.0.1:0', '--disk', folder];
}

async function configuration(options: DistributionOptions, folder: string): Promise<unknown> {
  return {
    version: 0.1,
    ...(options.foreignLayers === 'taken' ? { validation: { manifests: { urls: { allow: ['.*'] } } } } : {}),
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'content') }, delete: { enabled: true } },
    http: {
      // The registry itself picks the free port, so that tests which run at once never race for one.
      addr: '127.0.0.1:0',
      relativeurls: options.locations === 'relative',
      ...(options.tls ? { tls: options.tls } : {}),
    },
    ...(await authentication(options.auth ?? 'none', folder)),
  };
}

async function authentication(auth: 'none' | 'htpasswd' | TokenServer, folder: string): Promise<object> {
  if (auth === 'none') return {};
  if (auth === 'htpasswd') {
    const path = join(folder, 'htpasswd');
    await writeFile(path, `${registryUser.username}:${passwordHash}\n`);
    return { auth: { htpasswd: { realm: 'test', path } } };
  }
  const jwks = join(folder, 'jwks.json');
  await writeFile(jwks, JSON.stringify(auth.jwks));
  return { auth: { token: { realm: auth.realm, service: auth.service, issuer: auth.issuer, jwks } } };
}

/** Reads the registry's log up to the line that tells its address. */
async function listeningAddress(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('the registry was started without a pipe for its log');
  const lines: string[] = [];
  const reader = createInterface({ input: child.stderr });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    // The reader stays on after the address is known: a full pipe would stop the registry.
    reader.on('line', (line) => {
      const [, address, port] = /listening on (127\.0\.0\.1:\d+)|serving on port (\d+)/.exec(line) ?? [];
      if (address ?? port) resolve(address ?? `127.0.0.1:${port}`);
      else if (lines.length < 100) lines.push(line);
    });
    reader.once('close', () => reject(new Error(`the registry ended before it listened:\n${lines.join('\n')}`)));
  });
}
