/**
 * The readers of the runners' commands are the judges of every end-to-end test, so they are held to the runners' rules.
 */
import { expect, test } from 'vitest';
import { readAzureCommands } from './azure-commands.ts';
import { readGitHubCommands, readOutputFile } from './github-commands.ts';

test('an Azure command is found anywhere in a line and is unescaped', () => {
  const output =
    'text ##vso[task.logissue type=error;sourcepath=a%3Bb.yaml;linenumber=3]50%AZP25 of %0Atwo lines\n##vso[no]';
  expect(readAzureCommands(output)).toEqual([
    {
      name: 'task.logissue',
      properties: { type: 'error', sourcepath: 'a;b.yaml', linenumber: '3' },
      data: '50% of \ntwo lines',
    },
  ]);
});

test('a GitHub command stands at the start of a line, the old form anywhere', () => {
  expect(readGitHubCommands('  ::error file=a%2Cb,line=2::x%25%0Ay\nno ::error::z\nhi ##[warning]w')).toEqual([
    { name: 'error', properties: { file: 'a,b', line: '2' }, data: 'x%\ny' },
    { name: 'warning', properties: {}, data: 'w' },
  ]);
});

test('the output file has both of its forms, and a value without an end is an error', () => {
  expect(readOutputFile('a=1=2\nb<<X\nc=3\n\nX\n')).toEqual({ a: '1=2', b: 'c=3\n' });
  expect(() => readOutputFile('b<<X\nc')).toThrow('X is missing');
});
