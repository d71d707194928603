import { AicoError, type RetentionKind, type RetentionPolicy } from '@aico/schemas';
import { askYes } from '../ask.ts';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { ForgetOptions } from './forget.ts';
import { previewText, retentionText } from './forget-text.ts';

const FIND_TIMEOUT_MS = 10 * 60_000;
const EVER = 'ever';

/** `aico forget keep [kind] [days]` */
export async function runForgetKeep(
  context: CommandContext,
  { dryRun, yes }: ForgetOptions,
  kind = '',
  days = '',
): Promise<number> {
  return withBus(context.folders, async (bus) => {
    const state = await bus.request('privacy.retention.get.v1', {});
    if (kind === '') {
      context.answer(state, retentionText(state));
      return EXIT.done;
    }
    const policy: RetentionPolicy = { ...state.policy, [kindOf(kind)]: daysOf(days) };
    const preview = await bus.request('privacy.retention.preview.v1', policy, { timeoutMs: FIND_TIMEOUT_MS });
    if (dryRun === true) {
      context.answer(preview, previewText(preview));
      return EXIT.done;
    }
    if (yes !== true) {
      context.powers.err(previewText(preview));
      const agreed = await askYes(context.powers, 'Keep it so, and let this go for good?', 'forget');
      if (agreed === undefined) throw new AicoError('PRIVACY_UNCONFIRMED', { subject: 'forget' });
      if (!agreed) throw new AicoError('KERNEL_CANCELLED', { subject: 'forget' });
    }
    const now = await bus.request('privacy.retention.set.v1', policy);
    context.answer(now, retentionText(now));
    return EXIT.done;
  });
}

/** @throws AicoError PRIVACY_AGE_INVALID */
function kindOf(text: string): RetentionKind {
  if (text === 'conversations' || text === 'memories') return text;
  throw new AicoError('PRIVACY_AGE_INVALID', { subject: text });
}

/** @throws AicoError PRIVACY_AGE_INVALID */
function daysOf(text: string): number {
  if (text === EVER) return 0;
  if (!/^\d{1,5}$/.test(text)) throw new AicoError('PRIVACY_AGE_INVALID', { subject: text });
  return Number(text);
}
