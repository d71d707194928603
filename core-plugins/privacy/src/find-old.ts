import { AicoError, type Bus, type ForgetItem, isAicoError, type RetentionKind } from '@aico/sdk';

/** Whose they are, and what they are called there. */
const OWNERS = {
  conversations: { plugin: 'chat', kind: 'message' },
  memories: { plugin: 'memory', kind: 'memory' },
} as const satisfies Record<RetentionKind, { readonly plugin: string; readonly kind: string }>;

export const RETENTION_KINDS: readonly RetentionKind[] = ['conversations', 'memories'];
const FIND_TIMEOUT_MS = 120_000;
const BEGINNING = new Date(0).toISOString();

export function ownerOf(kind: RetentionKind): string {
  return OWNERS[kind].plugin;
}

/** Of which kind something is that goes for its age. */
export function retentionKindOf(kind: string): RetentionKind | undefined {
  return RETENTION_KINDS.find((each) => OWNERS[each].kind === kind);
}

/**
 * What of a kind is older than a time, as much as its plugin names at once. What followed from it is not looked for: that goes for
 * an age of its own. @throws AicoError PRIVACY_HOLDER_ABSENT
 */
export async function findOld(
  bus: Pick<Bus, 'request'>,
  kind: RetentionKind,
  before: string,
): Promise<{ readonly items: readonly ForgetItem[]; readonly more: boolean }> {
  const owner = OWNERS[kind];
  try {
    const search = { from: BEGINNING, to: before };
    const found = await bus.request(`plugin.${owner.plugin}.forget.find.v1`, search, { timeoutMs: FIND_TIMEOUT_MS });
    const bound = Date.parse(before);
    const items = found.items.filter((item) => item.kind === owner.kind && Date.parse(item.when) < bound);
    return { items, more: found.more === true };
  } catch (error) {
    if (isAicoError(error, 'KERNEL_NO_SERVER')) throw new AicoError('PRIVACY_HOLDER_ABSENT', { subject: owner.plugin });
    throw error;
  }
}
