import { definePlugin, readMigrations } from '@aico/sdk';
import { answerNote } from './answer.ts';
import { Notes } from './notes.ts';
import { recordsOf } from './records.ts';

export default definePlugin({
  async activate({ assets, bus, records, storage }) {
    await storage.migrate(readMigrations(assets));
    const notes = new Notes(storage);
    await records.serve(recordsOf(notes));
    await bus.serve('plugin.notes.command.run.v1', async ({ data }) => ({ text: await answerNote(notes, data) }));
  },
});
