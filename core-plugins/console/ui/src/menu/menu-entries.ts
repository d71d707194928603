/** One line of the command menu. */
export interface MenuEntry {
  readonly group: 'pages' | 'actions' | 'conversations';
  readonly label: string;
  run(): void;
}

/** Entries whose label holds every word of the query; those that begin with it come first within their group. */
export function searchEntries<Entry extends Pick<MenuEntry, 'label'>>(
  entries: readonly Entry[],
  query: string,
): Entry[] {
  const wanted = fold(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (wanted.length === 0) return [...entries];
  const fitting = entries.filter(({ label }) => wanted.every((word) => fold(label).includes(word)));
  const first = wanted[0] ?? '';
  const begins = ({ label }: Entry): number => (fold(label).startsWith(first) ? 0 : 1);
  return fitting.sort((a, b) => begins(a) - begins(b));
}

/** Lower case without accents, so that "einstellungen" and "plugin" are found however they are typed. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
