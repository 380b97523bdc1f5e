import { describe, expect, it } from 'vitest';
import { repairIndentation } from '../../../src/discovery/yaml/repair.ts';
import { discovered, imagesOf } from '../rendered.ts';

describe('a document that Kubernetes reads and a strict parser refuses', () => {
  it('may have a quoted text whose lines are not indented', () => {
    const discovery = discovered(`
kind: Pod
metadata:
  annotations:
    config: '{
"a": "it''s",
"b": 1
}'
spec:
  containers:
    - image: a:1`);
    expect(imagesOf(discovery)).toEqual(['certain a:1']);
    expect(discovery.images[0]?.uses[0]?.line).toBe(13);
    expect(discovery.findings).toEqual([]);
  });

  it('may have a flow collection that closes at the margin', () => {
    const discovery = discovered('kind: Pod\nspec:\n  containers: [\n{image: a:1},\n{image: b:1}\n]');
    expect(imagesOf(discovery)).toEqual(['certain a:1', 'certain b:1']);
  });

  it('may be indented by tabs inside flow collections', () => {
    expect(imagesOf(discovered('kind: Pod\nspec: {\n\t"containers": [\n\t\t{"image": "a:1"}\n\t]\n}'))).toEqual([
      'certain a:1',
    ]);
  });

  it('may repeat keys', () => {
    expect(imagesOf(discovered('kind: Pod\nspec: {containers: []}\nspec: {containers: [{image: a:1}]}'))).toEqual([
      'certain a:1',
    ]);
  });

  it('keeps the lines of its block texts', () => {
    const text = "a: |\n  it's \"\n  [ {\nb: >-\n  '\nc: x\n";
    expect(repairIndentation(text)).toBe(text);
  });
});

describe('a document that nothing can read', () => {
  it('is searched line by line, with a finding', () => {
    const discovery = discovered(
      'kind: Pod\nspec:\n  containers:\n    - name: a: b\n      image: "r.example.com/a/b:1"\n   - image: c:1\n',
    );
    expect(imagesOf(discovery)).toEqual(['likely r.example.com/a/b:1', 'likely c:1']);
    expect(discovery.images[0]?.uses).toMatchObject([
      { rule: 'text-line', line: 7, template: 'shop/templates/a.yaml' },
    ]);
    expect(discovery.findings).toMatchObject([{ code: 'unreadable' }]);
  });
});
