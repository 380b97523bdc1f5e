/**
 * The documentation is read on the host of the repository: every relative link must lead to a file, and every anchor to
 * a heading.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/root.ts';

async function pages(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return await pages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
  return (await Promise.all(found)).flat();
}

async function allPages(): Promise<readonly string[]> {
  const top = (await readdir(root)).filter((name) => name.endsWith('.md'));
  return [...top, ...(await pages('docs')), ...(await pages('.github')), ...(await pages('examples'))];
}

/** Text outside of code. */
function prose(markdown: string): string {
  return markdown.replace(/^(```+|~~~+)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '``');
}

/** As GitHub makes anchors: lower case, spaces to hyphens, punctuation left out. */
function anchors(markdown: string): ReadonlySet<string> {
  const headings = [...markdown.replace(/^(```+)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6} (.+)$/gm)];
  return new Set(
    headings.map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

/** One sentence for each link of a page that leads nowhere. */
async function brokenLinks(page: string): Promise<readonly string[]> {
  const text = await readFile(join(root, page), 'utf8');
  const links = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const broken = links.map(async (link) => {
    if (/^[a-z]+:/i.test(link)) return [];
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : relative('.', normalize(join(dirname(page), decodeURIComponent(path))));
    const there = await stat(join(root, target)).catch(() => undefined);
    if (there === undefined) return [`${page}: ${link} leads to no file`];
    if (anchor === undefined || !there.isFile()) return [];
    const known = anchors(await readFile(join(root, target), 'utf8'));
    return known.has(anchor) ? [] : [`${page}: ${link} leads to no heading`];
  });
  return (await Promise.all(broken)).flat();
}

test('every relative link of the documentation leads to a file and to a heading', async () => {
  const all = await allPages();
  expect(all.length).toBeGreaterThan(20);
  expect((await Promise.all(all.map(brokenLinks))).flat()).toEqual([]);
});

test('the README has at most 200 lines', async () => {
  const lines = (await readFile(join(root, 'README.md'), 'utf8')).trimEnd().split('\n').length;
  expect(lines).toBeLessThanOrEqual(200);
});
