import { activity } from './en/activity.ts';
import { app } from './en/app.ts';
import { appearance } from './en/appearance.ts';
import { audit } from './en/audit.ts';
import { auditWords } from './en/audit-words.ts';
import { backups } from './en/backups.ts';
import { bus } from './en/bus.ts';
import { consents } from './en/consents.ts';
import { egress } from './en/egress.ts';
import { exporting } from './en/export.ts';
import { forget } from './en/forget.ts';
import { gallery } from './en/gallery.ts';
import { keeping } from './en/keeping.ts';
import { letters } from './en/letters.ts';
import { memories } from './en/memories.ts';
import { models } from './en/models.ts';
import { plugins } from './en/plugins.ts';
import { questions } from './en/questions.ts';
import { session } from './en/session.ts';
import { settings } from './en/settings.ts';
import { talk } from './en/talk.ts';
import type { Phrase } from './fill.ts';

/** Every word of the app in English; the other catalogues have the same keys. */
export const en = {
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
} as const;

export type PhraseKey = keyof typeof en;
export type Catalogue = Readonly<Record<PhraseKey, Phrase>>;
