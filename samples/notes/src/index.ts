import { definePlugin, readMigrations } from '@aico/sdk';
import { answerNote } from './answer.ts';
import { findNotes } from './forget.ts';
import { Notes } from './notes.ts';

export default definePlugin({
  async activate({ assets, bus, storage }) {
    await storage.migrate(readMigrations(assets));
    const notes = new Notes(storage);
    await bus.serve('plugin.notes.command.run.v1', async ({ data }) => ({ text: await answerNote(notes, data) }));
    await bus.serve('plugin.notes.forget.find.v1', ({ data }) => findNotes(notes, data));
    await bus.serve('plugin.notes.forget.run.v1', async ({ data }) => ({
      kinds: [{ kind: 'note', removed: await notes.remove(data.others) }],
    }));
  },
});
