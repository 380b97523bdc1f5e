import { describe, expect, test } from 'vitest';
import { discovered } from '../rendered.ts';

/** Of a pod with this image, written as JSON writes a text. */
function findingsFor(image: string) {
  const { images, findings } = discovered(
    `kind: Pod\nmetadata: {name: p}\nspec: {containers: [{image: ${JSON.stringify(image)}}]}`,
  );
  return { images: images.map((found) => found.image), findings };
}

describe('an image field of a pod that no container runtime takes', () => {
  test.each([
    ['reg.example/x:2.0240101e+07', 'unreadable', 'helm printed as 2.0240101e+07: write it in quotes, "20240101"'],
    ['reg.example/x:', 'unreadable', 'tag is empty: does the chart need values?'],
    ['reg.example/:1.0', 'unreadable', 'repository is empty: does the chart need values?'],
    [':1.0', 'unreadable', 'repository is empty: does the chart need values?'],
    [':', 'unreadable', 'repository and tag are empty: does the chart need values?'],
    ['/:', 'unreadable', 'repository and tag are empty: does the chart need values?'],
    ['reg.example/x@', 'unreadable', 'digest is empty: does the chart need values?'],
    ['reg.example//x:1', 'unreadable', 'a part of its repository is empty: does the chart need values?'],
    ['Team/I:1', 'unreadable', 'lower-case letters'],
    ['docker://reg.example/x:1', 'unreadable', 'it starts with docker://, which is not part of a reference'],
    ['reg.example/x:1.0+build', 'unreadable', 'the tag contains "+"'],
    ['%!s(<nil>)/q', 'unreadable', 'printed %!s(<nil>) for a missing or unsuitable value'],
    ['<no value>/q:1', 'unreadable', 'printed <no value> for a missing or unsuitable value'],
    ['reg.example/x:{{ .Chart.Version }}', 'placeholder', '{{ .Chart.Version }}'],
    ['reg.example/x:$(Build.Tag)', 'placeholder', '$(Build.Tag)'],
    ['reg.example/x:$'.concat('{{ github.sha }}'), 'placeholder', '{{ github.sha }}'],
  ])('fails by default, quotes %s, and says why', (image, code, reason) => {
    const { images, findings } = findingsFor(image);
    expect(images).toEqual([]);
    expect(findings).toMatchObject([{ code, severity: 'error' }]);
    expect(findings[0]?.message).toContain(`"${image}"`);
    expect(findings[0]?.message).toContain(reason);
  });

  test('is found all the same where only blanks around it are wrong', () => {
    const { images, findings } = findingsFor('reg.example/x:1 ');
    expect(images).toEqual(['reg.example/x:1']);
    expect(findings).toMatchObject([{ code: 'unreadable', severity: 'error' }]);
    expect(findings[0]?.message).toContain('"reg.example/x:1 " is not a reference, because it has blanks');
  });

  test('is quoted on one line, also with a line break at its end', () => {
    const { images, findings } = findingsFor('reg.example/x:1\n');
    expect(images).toEqual(['reg.example/x:1']);
    expect(findings[0]?.message).toContain('"reg.example/x:1\\n" is not a reference');
  });

  test('quotes a long text in part', () => {
    const { findings } = findingsFor(`reg.example/${'x'.repeat(500)}:`);
    expect(findings[0]?.message).toContain('x…" is not a reference, because its tag is empty');
  });
});

test('a placeholder that is a valid reference warns: a webhook replaces it, and Kubernetes takes it', () => {
  expect(findingsFor('auto').findings).toMatchObject([{ code: 'placeholder', severity: 'warning' }]);
});

test.each(['OVERWRITE_ME/release/app:1.0', '/contosoapp:1.14.2'])('%s is an image with a placeholder', (image) => {
  expect(findingsFor(image)).toMatchObject({ images: [image], findings: [] });
});

test.each(['{{ .Values.image }}', '$(Build.Tag)'])('%s in a custom resource warns', (image) => {
  const { findings } = discovered(`apiVersion: ops.example/v1\nkind: Fleet\nspec: {image: ${JSON.stringify(image)}}`);
  expect(findings).toMatchObject([{ code: 'placeholder', severity: 'warning' }]);
});
