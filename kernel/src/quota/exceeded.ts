import type { ErrorReport, QuotaName } from '@aico/schemas';

/** Something of a plugin's was refused or lost because it was beyond one of its limits. */
export interface Exceeded {
  readonly id: string;
  readonly limit: QuotaName;
  /** How much it would have been, where that is known and more than the limit. */
  readonly used?: number;
}

/** The limit because of which an error was raised, as its details say. @param sender whose limit it is, unless they name another's */
export function exceededIn({ details }: Pick<ErrorReport, 'details'>, sender: string): Exceeded | undefined {
  const { exceeded, plugin = sender, bytes } = details ?? {};
  if (exceeded === undefined) return undefined;
  const limit = { id: plugin as string, limit: exceeded as QuotaName };
  return typeof bytes === 'number' ? { ...limit, used: bytes } : limit;
}
