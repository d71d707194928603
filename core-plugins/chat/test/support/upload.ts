import type { NewAttachment } from '@aico/sdk';
import type { LoadedChat } from './load-chat.ts';

/** Uploads a file, to go with a message. */
export async function upload(
  { bus }: LoadedChat,
  content: Uint8Array,
  name: string,
  type: string,
): Promise<NewAttachment> {
  const data = Buffer.from(content).toString('base64');
  const { upload: id } = await bus.request('chat.attachment.write.v1', { offset: 0, data });
  return { id: (await bus.request('chat.attachment.finish.v1', { upload: id })).id, name, type };
}
