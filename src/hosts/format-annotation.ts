import type { Annotation } from '../report/model/annotations.ts';

/** For hosts without annotations, in the format of compilers: `file:line:column: error: title`, then the message. */
export function formatAnnotation({ level, title, message, file, line, column }: Annotation): readonly string[] {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return [`${place === '' ? '' : `${place}: `}${level}: ${title}`, ...message.split('\n').map((text) => `  ${text}`)];
}
