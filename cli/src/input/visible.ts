/** The longest text that is shown of a value, in characters. */
const MAX_SHOWN = 60;

/** What a terminal does not show, or what changes what it shows: controls, formats, and spaces other than the space. */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}\u00A0\u1680\u2000-\u200A\u202F\u205F\u2800\u3000\u3164\uFFA0\u115F\u1160]/gu;

const NAMES: Readonly<Record<string, string>> = {
  '\0': 'null character',
  '\t': 'tab',
  '\n': 'line break',
  '\r': 'carriage return',
  '\u00A0': 'no-break space',
  '\u00AD': 'soft hyphen',
  '\u200B': 'zero-width space',
  '\u200C': 'zero-width non-joiner',
  '\u200D': 'zero-width joiner',
  '\u200E': 'left-to-right mark',
  '\u200F': 'right-to-left mark',
  '\u202A': 'left-to-right embedding',
  '\u202C': 'pop directional formatting',
  '\u202F': 'narrow no-break space',
  '\u2060': 'word joiner',
  '\u3000': 'ideographic space',
  '\uFEFF': 'byte order mark',
};

/** The text with each invisible character as its escape, such as \u{200B}: safe on a terminal. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, escapeOf);
}

/** The text in quotes, cut after 60 characters, with invisible characters as escapes. */
export function quoted(text: string): string {
  const characters = Array.from(text);
  const shown = visible(characters.slice(0, MAX_SHOWN).join(''));
  return characters.length > MAX_SHOWN ? `"${shown}..." (${characters.length} characters)` : `"${shown}"`;
}

/** Names the first character that is invisible or not ASCII, such as `character 13 is U+00A0, a no-break space`; or null. */
export function oddCharacter(text: string): string | null {
  const characters = Array.from(text);
  const index = characters.findIndex((character) => character < ' ' || character > '~');
  const character = characters[index];
  if (character === undefined) {
    return null;
  }
  const name = NAMES[character];
  return `character ${index + 1} is ${codePoint(character)}${name === undefined ? '' : `, a ${name}`}`;
}

function escapeOf(character: string): string {
  return `\\u{${hexadecimal(character)}}`;
}

function codePoint(character: string): string {
  return `U+${hexadecimal(character).padStart(4, '0')}`;
}

function hexadecimal(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
}
