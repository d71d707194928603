import { isAicoError, type TrailNote } from '@aico/schemas';
import type { Trail } from './trail.ts';

/** Does something and notes it, with the code of what it failed by. */
export async function noted<Result>(
  trail: Pick<Trail, 'note'>,
  note: TrailNote,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    const result = await work();
    trail.note(note);
    return result;
  } catch (error) {
    const failed = isAicoError(error) ? error.code : 'SDK_HANDLER_FAILED';
    trail.note({ ...note, details: { ...note.details, failed } });
    throw error;
  }
}
