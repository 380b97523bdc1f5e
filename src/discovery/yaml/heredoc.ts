const opening = /<<[-~]?[ \t]*(["']?)([A-Za-z_]\w{0,60})\1/;

/**
 * The documents that a script writes down (`cat <<EOF | kubectl apply -f -`), as one stream of YAML documents in which
 * every line keeps its place: what opens a heredoc becomes the boundary, and lines outside become empty. Undefined for
 * a script without any.
 */
export function heredocsOf(script: string): string | undefined {
  if (!script.includes('<<')) return undefined;
  const lines: string[] = [];
  let word: string | undefined;
  let opened = false;
  for (const line of script.split('\n')) {
    if (word !== undefined) {
      if (line.trim() === word) word = undefined;
      lines.push(word === undefined ? '' : line);
    } else {
      word = opening.exec(line)?.[2];
      if (word !== undefined) opened = true;
      lines.push(word === undefined ? '' : '---');
    }
  }
  return opened ? lines.join('\n') : undefined;
}
