const plainWord = /^[A-Za-z][A-Za-z'’-]*[.,:;!?]?$/;

/** One word is a label (`Image: r.example/app:1.0`); two that outnumber the rest are prose. */
export function isSentence(text: string): boolean {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const plain = words.filter((word) => plainWord.test(word));
  return plain.length >= 2 && plain.length * 2 > words.length;
}

/** True if most lines are sentences. */
export function isProse(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.filter(isSentence).length * 2 > lines.length;
}
