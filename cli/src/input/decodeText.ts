import type { InputFault, Place } from './rows.js';

const ENCODINGS = [
  { mark: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { mark: [0xff, 0xfe], encoding: 'utf-16le' },
  { mark: [0xfe, 0xff], encoding: 'utf-16be' },
] as const;

/** Decodes UTF-8, or UTF-16 with a byte order mark as Excel writes it. A row in another encoding is a fault. */
export function decodeText(source: string, bytes: Uint8Array): { text: string } | { fault: InputFault } {
  const known = ENCODINGS.find(({ mark }) => mark.every((byte, i) => bytes[i] === byte));
  const encoding = known?.encoding ?? 'utf-8';
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    const place: Place = { source, kind: 'row', number: encoding === 'utf-8' ? badRow(bytes) : 1 };
    const message = `expected ${encoding.toUpperCase()}, got other bytes; save the file as "CSV UTF-8"`;
    return { fault: { place, column: null, message } };
  }
}

/** The number of the first line that is not UTF-8. */
function badRow(bytes: Uint8Array): number {
  // What cannot be decoded becomes U+FFFD. A line that has one already is found too early, which still shows people where to look.
  const text = new TextDecoder().decode(bytes);
  return text.slice(0, text.indexOf('\uFFFD')).split('\n').length;
}
