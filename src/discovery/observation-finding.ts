import type { Rendering } from '../helm/cli/rendering.ts';
import type { DiscoveredImage, DiscoveryFinding } from './image-use.ts';
import type { UnreadableOccurrence } from './occurrence.ts';

/** Longer texts of a chart are cut in messages. */
const shownLength = 120;

/** The finding for a place that could not be read, or that holds a placeholder. */
export function observationFinding(
  rendering: Rendering,
  template: string,
  issue: UnreadableOccurrence,
): DiscoveryFinding {
  const { chart, valueSet } = rendering;
  const object = issue.kind === '' ? 'A document' : `${issue.kind} ${issue.name}`.trim();
  const where = `${object} of ${template} (rendered line ${issue.line})`;
  const renderedAt = { chartPath: chart.displayPath, valueSet, template, line: issue.line };
  const about = { chart: chart.metadata.name, kind: issue.kind, name: issue.name, path: issue.path };
  const common = { severity: 'warning', renderedAt, about } as const;
  if (issue.type === 'placeholder') {
    return {
      code: 'placeholder',
      message: `${where}: ${issue.path} is the placeholder ${quote(issue.text)}, which nothing filled in.`,
      advice: 'Set the value that fills it in, or name the image that replaces it at run time under extra-images.',
      ...common,
    };
  }
  if (issue.type === 'unexamined') {
    return {
      code: 'unreadable',
      message: `${where} was not read: ${cut(issue.text)}; images in it are not known.`,
      advice: 'Have the template print smaller documents, or fewer of them, or list its images under extra-images.',
      ...common,
    };
  }
  return issue.path === ''
    ? {
        code: 'unreadable',
        message: `${where} could not be read: ${quote(issue.text)}; its lines were searched instead.`,
        advice: 'Correct the YAML of the template; until then an image of this document may be missed.',
        ...common,
      }
    : {
        code: 'unreadable',
        message: `${where}: ${issue.path} could not be read: ${cut(issue.text)}.`,
        advice: 'Correct the template, or the value that it prints here.',
        ...common,
      };
}

/** A reference without tag and digest means whatever `latest` is on the day it is pulled. */
export function noTagFinding(image: DiscoveredImage): readonly DiscoveryFinding[] {
  const use = image.uses[0];
  if (use === undefined || image.reference.tag !== undefined || image.reference.digest !== undefined) return [];
  const { chartPath, template, line } = use;
  return [
    {
      code: 'no-tag',
      severity: 'warning',
      message: `${image.image} has neither tag nor digest, so it means whatever "latest" is today (${`${use.kind} ${use.name}`.trim()}, ${use.path}).`,
      advice: 'Give it a tag, better a digest, in the chart or its values.',
      image: image.image,
      renderedAt: { chartPath, valueSet: use.valueSets[0] ?? '', template, line },
    },
  ];
}

function quote(text: string): string {
  return `"${cut(text)}"`;
}

function cut(text: string): string {
  return text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`;
}
