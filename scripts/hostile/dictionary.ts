/** Texts that mean something to a parser, a shell, a runner, a terminal or a header, where they should mean nothing. */

/** What a runner, a page or a terminal would obey. */
export const commands: readonly string[] = [
  '::error::pwned',
  '::set-output name=images::pwned',
  '::set-env name=PATH::pwned',
  '::stop-commands::pwned',
  '\n::add-path::/pwned\n',
  '\r::warning file=a::pwned',
  '##[error]pwned',
  '##vso[task.setvariable variable=PATH]pwned',
  '##vso[task.complete result=Succeeded;]pwned',
  '\u001b[2J\u001b]0;pwned\u0007',
  '</td></table><script>pwned</script>',
  '|a|b|\n|-|-|\n# pwned',
  '```\n# pwned',
  '\u0024{{ secrets.PWNED }}',
  '$(touch pwned)',
  '`touch pwned`',
  '--upload-pack=touch pwned',
];

/** Names that every object of JavaScript has. */
export const prototypeNames: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
];

export const paths: readonly string[] = [
  '../../../../etc/passwd',
  '/proc/self/environ',
  'file:///etc/passwd',
  '..\\..\\windows',
  'a/'.repeat(300),
  'con',
  '//',
  '.git/config',
  '~root/.docker/config.json',
];

export const numbers: readonly string[] = [
  '-1',
  '0',
  '1e999',
  '99999999999999999999',
  '0x1f',
  'NaN',
  '.inf',
  '2147483648',
  '-0',
  '1_000',
  '0o17',
];

export const yamlWords: readonly string[] = [
  '&a ',
  '*a',
  '<<: *a\n',
  '!!binary ',
  '!!js/function ',
  '!<tag:x> ',
  '%YAML 9.9\n---\n',
  '\n---\n',
  '\n...\n',
  '? ',
  '|+9\n',
  '>-\n',
  '\t',
  '"\\x',
  "''",
  '# Source: a/b.yaml\n',
  'null',
  '~',
  'yes',
];

export const headers: readonly string[] = [
  '\r\nX-Injected: 1',
  '\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
  '\nSet-Cookie: a=b',
  'Bearer realm="',
  'realm="http://[::1]:1/"',
  'realm="javascript:0"',
  `scope="repository:${'a,'.repeat(200)}"`,
  ', , ,',
  '\\"'.repeat(50),
  '%0d%0aX: 1',
];

export const images: readonly string[] = [
  `a/b:1@sha256:${'a'.repeat(64)}`,
  'localhost:99999/x',
  '[::1]:5000/a:1',
  ':',
  '@',
  'a//b',
  'A/B:c/d',
  `docker.io/library/${'x'.repeat(300)}`,
  'image: {{ .Values.image }}',
];

/** Characters that change what is seen, or are none. */
export const characters: readonly string[] = [
  '\0',
  '\u0007',
  '\b',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u200b',
  '\u202e',
  '\u2028',
  '\ufeff',
  '\ufffd',
  '\ud800',
  '\udc00',
  '\u{1f4a9}',
  'e\u0301\u0301\u0301',
  '\r',
  '\n',
];

export const words: readonly string[] = [
  ...commands,
  ...prototypeNames,
  ...paths,
  ...numbers,
  ...yamlWords,
  ...headers,
  ...images,
  ...characters,
];
