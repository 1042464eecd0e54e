/**
 * The text before an @: an e-mail address, or a password in a connection string. The host stays visible. The lookbehind lets a
 * match begin only where such a text begins: a long text without @ is thus read once, not once for each of its characters.
 */
const BEFORE_AT = /(?<![^\s"'<>(),;\\/])[^\s"'<>(),;\\/]+@(?=[\w-])/g;

/** API tokens and JSON Web Tokens, by their prefixes. */
const BEARER = /\b(mgw_|eyJ)[\w.-]{20,}/g;

/** The line without credentials and e-mail addresses. */
export function redact(line: string): string {
  return line.replace(BEFORE_AT, '***@').replace(BEARER, '$1***');
}
