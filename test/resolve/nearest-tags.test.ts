import { expect, test } from 'vitest';
import { nearestTags } from '../../src/resolve/nearest-tags.ts';

test.each<[string, readonly string[], readonly string[]]>([
  ['1.2.3', ['0.1.0', '1.2.4', '1.2.9', '1.3.0', '2.0.0'], ['1.2.4', '1.2.9', '1.3.0']],
  ['1.10.0', ['1.1.0', '1.9.0', '1.11.0', '2.10.0'], ['1.11.0', '1.9.0', '1.1.0']],
  ['v1.2.3', ['1.2.3', 'v1.2.4'], ['1.2.3', 'v1.2.4']],
  ['1.2.3', ['v1.2.3'], ['v1.2.3']],
  ['1.25-alpine', ['1.25', '1.24-alpine', '1.26-alpine', '1.25-perl'], ['1.24-alpine', '1.26-alpine', '1.25']],
  ['1.2.3', ['latest', 'main', 'nightly', '3.0.0'], ['3.0.0']],
  ['stabel', ['stable', 'edge', 'latest', 'nightly'], ['stable']],
  ['latest', ['1.0.0', '2.0.0', '3.0.0', '4.0.0'], []],
  ['latest', ['1.0.0'], ['1.0.0']],
  ['Latest', ['latest', 'a', 'b', 'c'], ['latest']],
  ['1.0.0', ['1.0.0', '1.0.0-rc.1'], ['1.0.0-rc.1']],
  ['20240101', ['20240102', '20230101'], ['20240102', '20230101']],
  ['1.0', [`sha256-${'a'.repeat(64)}.sig`, `sha256-${'b'.repeat(64)}`], []],
  ['a'.repeat(40), ['b'.repeat(40), 'c'.repeat(40), 'd'.repeat(40), 'e'.repeat(40)], []],
  ['1', [], []],
])('%s in %j comes near to %j', (wanted, tags, nearest) => {
  expect(nearestTags(wanted, tags)).toEqual(nearest);
});
