import { truncate } from '../core/text.ts';
import { shownTemplate } from '../helm/charts/namesakes.ts';
import type { Rendering } from '../helm/cli/rendering.ts';
import { atUse, type DiscoveredImage, type DiscoveryFinding, formatObjectName } from './image-use.ts';
import type { UnreadableOccurrence } from './occurrence.ts';

/** Characters of a chart's text in a message. */
const shownLength = 120;

export function occurrenceFinding(
  rendering: Rendering,
  template: string,
  issue: UnreadableOccurrence,
): DiscoveryFinding {
  const { chart, valueSet } = rendering;
  const subject = issue.kind === '' ? 'a document' : formatObjectName(issue);
  const shown = shownTemplate(chart, template);
  const where = `${subject} of ${shown} (rendered line ${issue.line})`;
  const renderedAt = { chartPath: chart.displayPath, valueSet, template, line: issue.line };
  const object = { chart: chart.metadata.name, kind: issue.kind, name: issue.name, path: issue.path };
  const common = { severity: issue.refused === true ? 'error' : 'warning', renderedAt, object } as const;
  if (issue.type === 'placeholder') {
    return {
      code: 'placeholder',
      message: `Cannot read ${issue.path} of ${where}: the placeholder ${quote(issue.text)} was not replaced.`,
      advice: 'Set the value that replaces it. If it is replaced at run time, add the image to extra-images.',
      ...common,
    };
  }
  if (issue.type === 'other-chart') {
    return {
      ...common,
      code: 'other-chart',
      severity: 'notice',
      message: `${subject} of ${shown} deploys ${truncate(issue.text, shownLength)}, which is not rendered.`,
      advice: 'To find its images, add the chart to the charts of the run, with the values that it is deployed with.',
    };
  }
  if (issue.type === 'unexamined') {
    return {
      code: 'unreadable',
      message: `Cannot scan ${where}: ${truncate(issue.text, shownLength)}. Its images are unknown.`,
      advice: 'Change the template to render fewer or smaller documents, or add its images to extra-images.',
      ...common,
    };
  }
  return issue.path === ''
    ? {
        code: 'unreadable',
        message: `Cannot parse ${where}: ${quote(issue.text)}. Its lines were searched instead.`,
        advice: 'Fix the YAML of the template. Until then, images of this document can be missed.',
        ...common,
      }
    : {
        code: 'unreadable',
        message: `Cannot read ${issue.path} of ${where}: ${issue.written === undefined ? '' : `${quote(issue.written)} is not a reference, because `}${toSentence(truncate(issue.text, shownLength))}`,
        advice:
          issue.refused === true
            ? 'Set the values that the chart needs here (the input values or the input set), or fix the template.'
            : 'Fix the template, or the value that it renders here.',
        ...common,
        ...(issue.written !== undefined && { written: issue.written }),
      };
}

/** A reference without tag and digest can resolve to a different image on each pull. */
export function noTagFinding(image: DiscoveredImage): readonly DiscoveryFinding[] {
  const use = image.uses[0];
  if (use === undefined || image.reference.tag !== undefined || image.reference.digest !== undefined) return [];
  return [
    {
      code: 'no-tag',
      severity: 'warning',
      message: `${image.image} has no tag or digest, so it resolves to the current "latest" (${formatObjectName(use)}, ${use.path}).`,
      advice: 'Set a tag, or preferably a digest, in the chart or its values.',
      ...atUse(use),
    },
  ];
}

function toSentence(text: string): string {
  return text.endsWith('?') ? text : `${text}.`;
}

/** Line breaks are shown as they are written in quotes, because a message is one line. */
function quote(text: string): string {
  return `"${truncate(text, shownLength).replace(/[\n\r\t]/g, (blank) => JSON.stringify(blank).slice(1, -1))}"`;
}
