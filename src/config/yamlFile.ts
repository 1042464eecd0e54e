import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';

/** A value of a YAML file, with its place. */
export interface YamlValue {
  /** From 1. */
  readonly line: number;
  /** The text of a string; null for all other values. */
  readonly text: string | null;
  /** A number, boolean or null as the file has it, without quotes; null for all other values. */
  readonly unquoted: string | null;
  /** The kind and, of strings, numbers and booleans, the value, cut to 80 characters. */
  readonly shown: string;
  /** The values of a list; null for all other values. */
  items(): readonly YamlValue[] | null;
  /** The keys and values of a map; null for all other values. */
  entries(): readonly YamlEntry[] | null;
}

/** A key of a map, and its value. */
export interface YamlEntry {
  readonly key: YamlValue;
  readonly value: YamlValue;
}

/** Most characters of a value that a message shows. Ours. */
const SHOWN = 80;

/** Reads YAML. `report` gets each fault of its syntax with the line; with one, the answer is null. */
export function readYaml(text: string, report: (line: number, fault: string) => void): YamlValue | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const { pos, code, message } of document.errors) {
    const fault =
      code === 'DUPLICATE_KEY' ? 'a key is there twice; remove one of them' : `not YAML: ${message}`;
    report(lines.linePos(pos[0]).line, fault);
  }
  return document.errors.length > 0 ? null : valueOf(document.contents, 1, { document, lines });
}

/** @param above the line of a value that is not there, which is that of its key. */
function valueOf(
  written: unknown,
  above: number,
  file: { readonly document: Document; readonly lines: LineCounter },
): YamlValue {
  const line = lineOf(written, file.lines) ?? above;
  const node = isAlias(written) ? written.resolve(file.document) : written;
  const value: unknown = isScalar(node) ? node.value : null;
  const text = typeof value === 'string' ? value : null;
  const unquoted = isScalar(node) && text === null ? (node.source ?? String(value)) : null;
  return {
    line,
    text,
    unquoted,
    shown: shownAs(node, text, unquoted),
    items: () => (isSeq(node) ? node.items.map((item) => valueOf(item, line, file)) : null),
    entries() {
      if (!isMap(node)) {
        return null;
      }
      return node.items.map((pair) => {
        const key = valueOf(pair.key, line, file);
        return { key, value: valueOf(pair.value, key.line, file) };
      });
    },
  };
}

function lineOf(node: unknown, lines: LineCounter): number | null {
  const start = isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
  return start === undefined ? null : lines.linePos(start).line;
}

function shownAs(node: unknown, text: string | null, unquoted: string | null): string {
  if (isSeq(node) || isMap(node)) {
    return isSeq(node) ? 'a list' : 'a map';
  }
  if (text !== null) {
    return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  }
  return unquoted === null || unquoted === '' ? 'nothing' : `${unquoted.slice(0, SHOWN)} without quotes`;
}
