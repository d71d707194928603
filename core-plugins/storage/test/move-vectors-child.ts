import type { VectorExternalAnswer } from '@aico/sdk';
import { Databases } from '../src/databases.ts';
import { Vectors } from '../src/vectors.ts';

// Moves all vectors of a folder; the external store is the parent's, which ends this process whenever it likes.
const [, , folder = '', store] = process.argv;
const waiting = new Map<number, (answer: VectorExternalAnswer) => void>();
let asked = 0;
process.on('message', ({ number, answer }: { number: number; answer: VectorExternalAnswer }) => {
  waiting.get(number)?.(answer);
});
const databases = new Databases({
  folder,
  keyOf: async () => '5a'.repeat(32),
  now: () => performance.now(),
  onFailure: () => {},
});
const vectors = new Vectors(
  databases,
  (ask) =>
    new Promise((resolve) => {
      const number = asked++;
      waiting.set(number, resolve);
      process.send?.({ number, ask });
    }),
  () => 'embedded',
);
await vectors.move(store === 'external' ? 'external' : 'embedded');
await databases.closeAll();
process.disconnect?.();
