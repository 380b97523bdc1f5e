/**
 * Identities that a machine has: the metadata service of a virtual machine, and an `az` with a session. Plain HTTP on
 * loopback.
 */
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import type { Principal, World } from './fake-azure.ts';
import { accessToken } from './fake-entra.ts';

export interface LocalIdentities {
  /** For AZURE_POD_IDENTITY_AUTHORITY_HOST. */
  readonly metadataService: string;
  /** The identity of the machine; undefined: it has none. */
  machine: Principal | undefined;
  /** Whether the metadata service answers everything with 429. */
  isThrottled: boolean;
  /** Who is logged in with az; undefined: nobody. */
  session: Principal | undefined;
  /** What was asked for: `machine https://management.azure.com`. */
  readonly asked: readonly string[];
  /** Puts an `az` into a folder that looks like the real one, and gives the folder with PATH behind it. */
  installAz(folder: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startLocalIdentities(world: World): Promise<LocalIdentities> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://local.invalid');
    const resource = (url.searchParams.get('resource') ?? '').replace(/\/$/, '');
    const isMachine = url.pathname.startsWith('/metadata/identity/oauth2/token');
    const who = isMachine ? identities.machine : identities.session;
    if (isMachine && identities.isThrottled) return void response.writeHead(429).end('{"error":"too_many_requests"}');
    if (isMachine && request.headers['metadata'] !== 'true')
      return void response.writeHead(400).end('{"error":"invalid_request"}');
    asked.push(`${isMachine ? 'machine' : 'session'} ${resource}`);
    if (who === undefined)
      return void response.writeHead(400).end('{"error":"invalid_request","error_description":"Identity not found"}');
    const expires = Math.floor(Date.now() / 1000) + world.behavior.entraTokenLife;
    const token = accessToken(world, who, resource);
    const machine = {
      access_token: token,
      client_id: who.clientId,
      expires_in: `${world.behavior.entraTokenLife}`,
      expires_on: `${expires}`,
      resource,
      token_type: 'Bearer',
    };
    const session = {
      accessToken: token,
      expiresOn: '2099-01-01 00:00:00.000000',
      expires_on: expires,
      tenant: who.tenant,
      tokenType: 'Bearer',
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(isMachine ? machine : session));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server has an address of this form.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const identities: LocalIdentities = {
    metadataService: url,
    machine: undefined,
    isThrottled: false,
    session: undefined,
    asked,
    async installAz(folder) {
      await mkdir(folder, { recursive: true });
      // Otherwise what lies above the temporary folder may make an ES module of the program.
      await writeFile(join(folder, 'package.json'), '{}');
      const program = join(folder, 'az');
      await writeFile(program, azProgram(url));
      await chmod(program, 0o755);
      return `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return identities;
}

/**
 * Understands `account get-access-token --output json --resource <resource>` and says what az says without a session.
 */
function azProgram(url: string): string {
  return `#!${process.execPath}
const args = process.argv.slice(2);
const value = (name) => args[args.indexOf(name) + 1];
if (args[0] !== 'account' || args[1] !== 'get-access-token') {
  console.error('az: unknown command ' + args.join(' '));
  process.exit(2);
}
require('node:http').get('${url}/az?resource=' + encodeURIComponent(value('--resource')), (answer) => {
  let text = '';
  answer.on('data', (part) => (text += part));
  answer.on('end', () => {
    if (answer.statusCode === 200) return console.log(text);
    console.error("ERROR: Please run 'az login' to setup account.");
    process.exitCode = 1;
  });
});
`;
}
