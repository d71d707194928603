import {
  AicoError,
  type BackupProgress,
  isAicoError,
  type PluginContext,
  type Request,
  type StreamWriter,
} from '@aico/sdk';
import type { Backups, Call } from './backups.ts';

/** A large database is opened and looked through for every page. */
const PAGES_TIMEOUT_MS = 10 * 60_000;
const CHAT = 'chat';

/** How a request becomes a call that tells how far it is. */
type CallOf = (request: Request<unknown>, stream: StreamWriter<BackupProgress>) => Call;

/**
 * Answers the topics of single conversations. The chat reads the copy itself: nobody else can open its database.
 * @param backupsIn the backups of a folder, or of the one in use
 * @param orderly turns what ends work from outside into a typed error
 */
export async function serveConversations(
  { bus, log }: PluginContext,
  backupsIn: (folder: string | undefined) => Pick<Backups, 'lend'>,
  callOf: CallOf,
  orderly: <Result>(work: () => Promise<Result>) => Promise<Result>,
): Promise<void> {
  const options = { timeoutMs: PAGES_TIMEOUT_MS };
  await bus.serveStream('backup.conversation.list.v1', (request, stream) =>
    orderly(async () => {
      const { id, before, from, ...opener } = request.data;
      const page = await backupsIn(from).lend(id, CHAT, opener, callOf(request, stream), ({ folder }) =>
        bus.request('chat.copy.list.v1', { folder, ...(before !== undefined && { before }) }, options),
      );
      return page ?? { conversations: [] };
    }),
  );
  await bus.serveStream('backup.conversation.restore.v1', (request, stream) =>
    orderly(async () => {
      const { id, conversation, from, ...opener } = request.data;
      const unknown = () => new AicoError('BACKUP_CONVERSATION_UNKNOWN', { subject: id, details: { conversation } });
      const restored = await backupsIn(from).lend(
        id,
        CHAT,
        opener,
        callOf(request, stream),
        async ({ folder, fetch }) => {
          const wanted = { folder, id: conversation };
          try {
            await fetch((await bus.request('chat.copy.files.v1', wanted, options)).files);
            return await bus.request('chat.copy.restore.v1', wanted, options);
          } catch (error) {
            throw isAicoError(error, 'CHAT_CONVERSATION_UNKNOWN') ? unknown() : error;
          }
        },
      );
      if (restored === undefined) throw unknown();
      const details = { id, conversation };
      await bus.request('kernel.trail.note.v1', { kind: 'backup.restored', by: request.sender, details });
      log.info('A conversation was brought back.', { backup: id, added: restored.added, files: restored.files ?? 0 });
      return restored;
    }),
  );
}
