/** The text without spaces and tabs around it. Other spaces stay, since people do not see them: they are faults. */
export function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (isBlank(text[from])) {
    from += 1;
  }
  while (to > from && isBlank(text[to - 1])) {
    to -= 1;
  }
  return text.slice(from, to);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
