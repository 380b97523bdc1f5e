/**
 * Every form in which a secret could come out: as it is, in JSON, in URLs and forms, and in base64 of anything around
 * it.
 */

/** Shorter forms are in texts by chance. */
const shortest = 8;

/** Lines of a PEM file that are the same in every one. */
const frame = /^-----(BEGIN|END) [A-Z ]+-----$/;

/** What is looked for: a secret of several lines leaks with any of them. */
export function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r\n|\n|\r/).filter((line) => !frame.test(line));
  const forms = [...new Set([secret, ...lines])].flatMap(formsOfText);
  return [...new Set(forms)].filter((form) => form.length >= shortest);
}

function formsOfText(text: string): readonly string[] {
  const encoded = encodeURIComponent(text);
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams({ '': text }).toString().slice(1),
    ...[0, 1, 2].flatMap((before) => {
      const inside = base64Inside(text, before);
      return [inside, inside.replaceAll('+', '-').replaceAll('/', '_')];
    }),
  ];
}

/**
 * The characters of base64 that the text alone decides when so many bytes (of three) stand before it, as in
 * `user:secret`.
 */
function base64Inside(text: string, before: number): string {
  const bytes = Buffer.from(text);
  const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}
