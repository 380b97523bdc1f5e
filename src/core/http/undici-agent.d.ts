/** The one part of undici that most runs need, without the rest (proxies, fetch, caches), which takes three times as long to load. */
declare module 'undici/lib/dispatcher/agent.js' {
  import type { Agent } from 'undici';

  const agent: typeof Agent;
  export default agent;
}
