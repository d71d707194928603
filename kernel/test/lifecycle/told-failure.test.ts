import { AicoError } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { toldFailure } from '../../src/lifecycle/told-failure.ts';

const PLACE = 'src/index.ts:5:11';
const placeOf = (stack: string): string | undefined => (stack.includes('bundle.js') ? PLACE : undefined);
const DENIED = new AicoError('KERNEL_PERMISSION_DENIED', {
  subject: 'guest',
  details: { verb: 'request', topic: 'memory.recall.v1' },
}).toReport();

describe('why a plugin says that it cannot start [PLG-6, PLG-9]', () => {
  test('has the place in its author’s files, when its stack has one', () => {
    const told = { type: 'failed', problem: 'denied', error: DENIED, stack: 'at bundle.js:1:2' } as const;
    expect(toldFailure('guest', told, placeOf)).toMatchObject({
      code: 'KERNEL_PERMISSION_DENIED',
      details: { topic: 'memory.recall.v1', place: PLACE },
    });
  });

  test('is not believed where it names a place by itself', () => {
    const claimed = { ...DENIED, details: { ...DENIED.details, place: '/etc/passwd:1:1' } };
    const told = { type: 'failed', problem: 'denied', error: claimed, stack: 'at elsewhere' } as const;
    expect(toldFailure('guest', told, placeOf).details).not.toHaveProperty('place');
  });
});
