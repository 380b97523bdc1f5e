import connect from 'undici/lib/api/api-connect.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import Agent from 'undici/lib/dispatcher/proxy-agent.js';

/**
 * undici's agent for proxies, without the rest of undici (fetch, caches, mocks), which would be a tenth of the bundle.
 * `scripts/build.ts` gives it to @actions/http-client too, which imports nothing else of undici.
 */
export const ProxyAgent = Agent;

// What index.js of undici adds to every dispatcher. Of these methods, the agent calls only this one.
Object.assign(Dispatcher.prototype, { connect });
