import { expect, test, vi } from 'vitest';
import type { Bus } from '../../ui/src/api/bus.ts';
import { Uploads } from '../../ui/src/talk/attach/uploads.svelte.ts';
import { usePlainState } from '../support/plain-state.ts';

usePlainState();

/** What storage admits of one plugin. */
const MOST_UPLOADS = 8;
const PIECES = 3;

/** A store that takes few files at a time, and tells how many there were at most. */
function createStore() {
  const open = new Map<string, number>();
  const seen = { most: 0, names: 0 };
  const request = async (topic: string, asked: Record<string, unknown>): Promise<unknown> => {
    await Promise.resolve();
    if (asked['upload'] === undefined) seen.names += 1;
    const { upload = `u${seen.names}` } = asked as { upload?: string };
    if (topic === 'chat.attachment.finish.v1') open.delete(upload);
    if (topic !== 'chat.attachment.write.v1') return { id: `file of ${upload}` };
    if (!open.has(upload) && open.size >= MOST_UPLOADS) throw new Error('BLOB_UPLOADS_FULL');
    open.set(upload, (open.get(upload) ?? 0) + 196_608);
    seen.most = Math.max(seen.most, open.size);
    return { upload, offset: open.get(upload) };
  };
  return { bus: { request } as unknown as Bus, seen };
}

const film = (name: string): File => new File([new Uint8Array(PIECES * 196_608)], name, { type: 'video/mp4' });

test('ten large files that are attached at once all arrive, few at a time, and one that is taken away is not sent [DATA-1, UI-1]', async () => {
  const { bus, seen } = createStore();
  const uploads = new Uploads(bus);
  expect(uploads.add(Array.from({ length: 10 }, (_, at) => film(`${at}.mp4`)))).toEqual([]);
  uploads.remove(uploads.items[9]?.key ?? '');
  await vi.waitFor(() => expect(uploads.ready).toBe(true));
  expect(uploads.items.map(({ name, error }) => [name, error])).toEqual(
    Array.from({ length: 9 }, (_, at) => [`${at}.mp4`, undefined]),
  );
  expect([seen.most, seen.names]).toEqual([3, 9]);
});
