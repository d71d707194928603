import { activity } from './de/activity.ts';
import { app } from './de/app.ts';
import { appearance } from './de/appearance.ts';
import { audit } from './de/audit.ts';
import { auditWords } from './de/audit-words.ts';
import { backups } from './de/backups.ts';
import { bus } from './de/bus.ts';
import { consents } from './de/consents.ts';
import { egress } from './de/egress.ts';
import { exporting } from './de/export.ts';
import { forget } from './de/forget.ts';
import { gallery } from './de/gallery.ts';
import { keeping } from './de/keeping.ts';
import { letters } from './de/letters.ts';
import { memories } from './de/memories.ts';
import { models } from './de/models.ts';
import { plugins } from './de/plugins.ts';
import { questions } from './de/questions.ts';
import { session } from './de/session.ts';
import { settings } from './de/settings.ts';
import { talk } from './de/talk.ts';
import type { Catalogue } from './en.ts';

/** Every word of the app in German. */
export const de: Catalogue = {
  ...activity,
  ...app,
  ...appearance,
  ...audit,
  ...auditWords,
  ...backups,
  ...bus,
  ...consents,
  ...egress,
  ...exporting,
  ...forget,
  ...gallery,
  ...keeping,
  ...letters,
  ...memories,
  ...models,
  ...plugins,
  ...questions,
  ...session,
  ...settings,
  ...talk,
};
