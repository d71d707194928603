/** A path as one word of a command that people copy, whatever is in it. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./\\~-]+$/.test(text)) return text;
  return process.platform === 'win32' ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
