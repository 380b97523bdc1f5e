/** Azure Resource Manager over HTTP: what is sent, which answers are believed, and where a token never goes. */
import { expect, test } from 'vitest';
import { ChartImagesError, cancelledError } from '../../../src/core/errors.ts';
import { armError, json, me, scriptedArm } from '../../azure/scripted-arm.ts';

const read = 'read the store a';

test('a question carries the token of the run, and a body its type and length', async () => {
  const { arm, server } = await scriptedArm(() => json({}));
  await arm.read('/a?api-version=1', read);
  await arm.send({ method: 'POST', target: '/b?api-version=1', operation: 'import' });
  await arm.send({ method: 'PUT', target: '/c?api-version=1', body: { a: 1 }, operation: 'create' });
  const sent = server.requests.map(({ method, path, headers, body }) => {
    const { authorization, accept } = headers;
    return [method, path, authorization, accept, headers['content-type'], headers['content-length'], body.toString()];
  });
  const accepted = ['Bearer entra', 'application/json'];
  expect(sent).toEqual([
    ['GET', '/a?api-version=1', ...accepted, undefined, undefined, ''],
    // Azure refuses a POST without a length.
    ['POST', '/b?api-version=1', ...accepted, undefined, '0', ''],
    ['PUT', '/c?api-version=1', ...accepted, 'application/json', '7', '{"a":1}'],
  ]);
  expect(arm.identity()).toBe(me);
});

test('a resource that is not there is no error, and a group that is not there is one', async () => {
  const missing = await scriptedArm(() => armError(404, 'ResourceNotFound'));
  expect(await missing.arm.read('/a', read)).toBeUndefined();
  await expect(missing.arm.send({ method: 'GET', target: '/a', operation: read })).rejects.toMatchObject({
    code: 'not-found',
  });
  const group = await scriptedArm(() => armError(404, 'ResourceGroupNotFound', 'No group.'));
  await expect(group.arm.read('/a', read)).rejects.toMatchObject({
    message: `Cannot read the store a as ${me}: Azure returned 404 (ResourceGroupNotFound: No group.).`,
  });
});

test.each([201, 204, 300, 400])('a resource is not read from an answer with status %i', async (status) => {
  const { arm } = await scriptedArm(() => json({ id: 'a' }, {}, status));
  await expect(arm.read('/a', read)).rejects.toMatchObject({ code: 'azure-operation', status });
});

test('an operation that Azure accepted is a success, and a redirect without a place is none', async () => {
  const accepted = await scriptedArm(() => json({}, {}, 202));
  expect((await accepted.arm.send({ method: 'POST', target: '/a', operation: 'import' })).status).toBe(202);
  const moved = await scriptedArm(() => json({}, {}, 300));
  await expect(moved.arm.send({ method: 'POST', target: '/a', operation: 'import' })).rejects.toMatchObject({
    status: 300,
  });
});

test('an answer that is not JSON is an error that does not quote it, because it may hold a token', async () => {
  const { arm, server } = await scriptedArm(() => ({ status: 200, body: 'opensesame' }));
  const error = await arm.read('/a?sig=opensesame', read).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'azure-operation', advice: expect.stringContaining('no proxy changes') });
  expect(error).toHaveProperty('message', `${server.url}/a?sig=*** returned a body that is not JSON.`);
  expect(error).not.toHaveProperty('cause');
});

test('a list of several pages is read to its end', async () => {
  const { arm, asked } = await scriptedArm((_, count) =>
    count < 2
      ? json({ value: [count], nextLink: `http://${_.headers.host}/list?page=${count + 1}` })
      : json({ value: [count] }),
  );
  expect(await arm.list('/list', 'list')).toEqual([0, 1, 2]);
  expect(asked()).toEqual(['GET /list', 'GET /list?page=1', 'GET /list?page=2']);
});

test('a list without an end is given up after a hundred pages', async () => {
  const { arm, server } = await scriptedArm((request) =>
    json({ value: [1], nextLink: `http://${request.headers.host}/list` }),
  );
  expect(await arm.list('/list', 'list')).toHaveLength(100);
  expect(server.requests).toHaveLength(100);
});

test.each([
  ['null', null],
  ['a text', 'x'],
  ['no list', {}],
  ['a list that is none', { value: {} }],
  ['a link that is none', { value: [], nextLink: 'next' }],
  ['a number as its link', { value: [], nextLink: 1 }],
])('a page that is %s ends the list', async (_, page) => {
  const { arm, server } = await scriptedArm(() => json(page));
  expect(await arm.list('/list', 'list')).toEqual([]);
  expect(server.requests).toHaveLength(1);
});

test('the token of the run is not sent to another server that an answer names', async () => {
  const other = await scriptedArm(() => json({ value: [] }));
  const { arm, server } = await scriptedArm(() => json({ value: [], nextLink: `${other.server.url}/list` }));
  await expect(arm.list('/list', 'list')).rejects.toMatchObject({
    code: 'azure-operation',
    message: `${server.host} returned a link to a different server: ${other.server.url}/list.`,
  });
  expect(other.server.requests).toEqual([]);
});

test('a run without an identity gets advice for each host, and asks nothing', async () => {
  const { arm, server } = await scriptedArm(
    () => json({}),
    async () => undefined,
  );
  await expect(arm.read('/a', read)).rejects.toMatchObject({
    code: 'azure-identity',
    message: 'Cannot read the store a: the run has no Azure identity.',
    advice: expect.stringContaining('azureSubscription'),
  });
  expect(server.requests).toEqual([]);
});

test('an identity that is refused says what it was for, and an interrupt stays an interrupt', async () => {
  const refused = new ChartImagesError('azure-identity', 'Entra rejected me.', { advice: 'Log in.' });
  const cancelled = cancelledError();
  for (const [thrown, expected] of [
    [
      refused,
      {
        code: 'azure-identity',
        message: 'Cannot read the store a: Entra rejected me.',
        advice: 'Log in.',
        cause: refused,
      },
    ],
    [cancelled, cancelled],
    [new TypeError('a fault of ours'), new TypeError('a fault of ours')],
  ] as const) {
    const { arm } = await scriptedArm(
      () => json({}),
      () => Promise.reject(thrown),
    );
    const error = await arm.read('/a', read).catch((caught: unknown) => caught);
    if (thrown === refused) expect(error).toMatchObject(expected);
    else expect(error).toBe(thrown);
  }
});
