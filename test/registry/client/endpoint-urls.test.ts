import { expect, test } from 'vitest';
import { endpointUrls } from '../../../src/registry/client/endpoint-urls.ts';

test.each([
  ['myregistry.azurecr.io', ['https://myregistry.azurecr.io/']],
  ['docker.io', ['https://registry-1.docker.io/']],
  ['plain.example:5000', ['http://plain.example:5000/']],
  ['plain.example', ['https://plain.example/']],
  ['localhost:5000', ['https://localhost:5000/', 'http://localhost:5000/']],
  ['127.0.0.1:5000', ['https://127.0.0.1:5000/', 'http://127.0.0.1:5000/']],
  ['127.8.8.8', ['https://127.8.8.8/', 'http://127.8.8.8/']],
  ['[::1]:5000', ['https://[::1]:5000/', 'http://[::1]:5000/']],
  ['128.0.0.1', ['https://128.0.0.1/']],
  ['127.example', ['https://127.example/']],
])('%s is asked at %j', (host, addresses) => {
  expect(endpointUrls(host, ['Plain.example:5000']).map(String)).toEqual(addresses);
});
