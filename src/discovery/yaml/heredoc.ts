const opening = /<<[-~]?[ \t]*(["']?)([A-Za-z_]\w{0,60})\1/;

/**
 * The heredocs of a script (`cat <<EOF | kubectl apply -f -`) as one YAML stream with the same line numbers: the line
 * that opens a heredoc becomes `---`, and lines outside become empty. Undefined if there is none.
 */
export function heredocsOf(script: string): string | undefined {
  if (!script.includes('<<')) return undefined;
  const lines: string[] = [];
  let word: string | undefined;
  let hasHeredoc = false;
  for (const line of script.split('\n')) {
    if (word !== undefined) {
      if (line.trim() === word) word = undefined;
      lines.push(word === undefined ? '' : line);
    } else {
      word = opening.exec(line)?.[2];
      if (word !== undefined) hasHeredoc = true;
      lines.push(word === undefined ? '' : '---');
    }
  }
  return hasHeredoc ? lines.join('\n') : undefined;
}
