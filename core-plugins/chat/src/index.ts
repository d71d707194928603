import { ClockWatch, type ConversationRef, clockTable, definePlugin, readMigrations } from '@aico/sdk';
import { addMessage } from './add-message.ts';
import { Attachments } from './attachments.ts';
import { CommandBook } from './command-book.ts';
import { ConversationStore } from './conversation-store.ts';
import { CopiedConversations } from './copied-conversations.ts';
import { Exported } from './exported.ts';
import { findKept, removeKept } from './forget.ts';
import { ForgetStore } from './forget-store.ts';
import { MessageStore } from './message-store.ts';
import { createStamp } from './stamp.ts';
import { Teller } from './teller.ts';
import { interrupted, Turns } from './turns.ts';

/** Also for what it sees of the clock meanwhile. */
const COLLECT_EVERY_MS = 6 * 3_600_000;

let turns: Turns | undefined;

export default definePlugin({
  async activate(ctx) {
    const { bus, blobs, log, storage } = ctx;
    await storage.migrate(readMigrations(ctx.assets));
    const stamp = createStamp(Date.now);
    const conversations = new ConversationStore(storage, stamp);
    const messages = new MessageStore(storage);
    const commands = new CommandBook(bus, log);
    const teller = new Teller(bus, log);
    const clock = new ClockWatch({
      ...clockTable(storage),
      now: () => Date.now(),
      onWait: ({ believed }) =>
        log.warn('The clock is far from where it was: no file that waits for its message goes for its age for now.', {
          seen: new Date(believed).toISOString(),
        }),
    });
    const attachments = new Attachments({ bus, blobs, storage, clock, now: () => Date.now() });
    const running = new Turns({ context: ctx, attachments, conversations, messages, commands, teller, stamp });
    turns = running;
    await messages.endUnfinished(interrupted('chat'));
    await conversations.purge();
    const collect = async (): Promise<void> => {
      // Talking does not depend on it.
      await attachments.collect().catch((error: unknown) => log.warn('files were not cleared', { err: error }));
      ctx.setTimer(COLLECT_EVERY_MS, collect);
    };
    await collect();
    await commands.open();

    await bus.serve('chat.conversation.list.v1', ({ data }) => conversations.list(data.before, data.limit));
    await bus.serve('chat.conversation.get.v1', ({ data }) => conversations.get(data.id));
    await bus.serve('chat.conversation.create.v1', async ({ data }) => {
      const conversation = await conversations.create(data);
      teller.changed(conversation, 'created');
      return conversation;
    });
    await bus.serve('chat.conversation.rename.v1', async ({ data }) => {
      const conversation = await conversations.rename(data.id, data.title);
      teller.changed(conversation, 'updated');
      return conversation;
    });
    await bus.serve('chat.conversation.delete.v1', async ({ data }): Promise<ConversationRef> => {
      await running.stop(data.id);
      teller.changed(await conversations.delete(data.id), 'deleted');
      return { id: data.id };
    });
    await bus.serve('chat.conversation.restore.v1', async ({ data }) => {
      const conversation = await conversations.restore(data.id);
      teller.changed(conversation, 'updated');
      return conversation;
    });
    await bus.serve('chat.conversation.tally.v1', ({ data }) => conversations.tally(data.after, data.limit));
    await bus.serve('chat.message.list.v1', async ({ data }) => {
      if (data.conversation !== undefined) await conversations.get(data.conversation);
      const page = await messages.list(data);
      return { ...page, messages: page.messages.map((message) => running.current(message)) };
    });
    const copies = new CopiedConversations({ bus, storage, conversations, attachments });
    await bus.serve('chat.copy.list.v1', ({ data }) => copies.list(data));
    await bus.serve('chat.copy.files.v1', ({ data }) => copies.files(data));
    await bus.serve('chat.copy.restore.v1', async ({ data }) => {
      const restored = await copies.restore(data);
      teller.changed(restored.conversation, 'updated');
      return restored;
    });
    const parts = { storage, conversations, messages, teller, stamp };
    await bus.serve('chat.message.add.v1', (request) => addMessage(parts, request));
    await bus.serve('chat.command.list.v1', async () => ({ commands: [...(await commands.list())] }));
    const powers = { ...parts, attachments, forgetting: new ForgetStore(storage, messages), turns: running };
    await bus.serve('plugin.chat.forget.find.v1', ({ data }) => findKept(powers, data));
    await bus.serve('plugin.chat.forget.run.v1', ({ data }) => removeKept(powers, data));
    const exported = new Exported(storage, async (id) => teller.changed(await conversations.get(id), 'updated'));
    await bus.serve('plugin.chat.export.read.v1', ({ data }) => exported.read(data.after));
    await bus.serve('plugin.chat.export.add.v1', ({ data }) => exported.add(data));
    await bus.serveStream('chat.turn.run.v1', async (request, stream) => {
      const { data, signal } = request;
      const turn = await running.begin(data, request);
      await turn.follow((chunk) => stream.write(chunk), signal);
      return { reply: turn.reply };
    });
    await attachments.serve();
    await bus.serve('chat.turn.stop.v1', async ({ data }) => ({ stopped: await running.stop(data.conversation) }));
  },

  /** Half replies are finished as such while the bus still carries them to the database. */
  async deactivate() {
    await turns?.interrupt();
    turns = undefined;
  },
});
