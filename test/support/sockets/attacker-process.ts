import { setTimeout as delay } from 'node:timers/promises';
import { loadSodium } from '../../../zmtp/src/index.ts';
import { sodiumFile } from '../../../zmtp/src/sodium-file.ts';
import { ATTACKS, type Means } from './attacks.ts';

const TELL_EVERY_MS = 5;

// Does one attack until it is ended, and tells how often it did.
loadSodium(sodiumFile());
process.on('message', async ({ title, means }: { readonly title: string; readonly means: Means }) => {
  const again = await ATTACKS.find((each) => each.title === title)?.prepare(means);
  let told = 0;
  for (let times = 1; again !== undefined; times += 1) {
    await again();
    if (performance.now() - told > TELL_EVERY_MS) {
      process.send?.({ times });
      told = performance.now();
      // A plugin that took a whole core would be stopped for that alone.
      await delay(1);
    }
  }
});
process.on('disconnect', () => process.exit(0));
