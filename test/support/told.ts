import { expect } from 'vitest';

/** A typed error with everything that a user needs: who or what, which rule, what to do. @param named what the fix names, too */
export function told(code: string, subject: string, named?: string): unknown {
  return expect.objectContaining({
    code,
    subject: expect.stringContaining(subject),
    message: expect.stringMatching(/./),
    rule: expect.stringMatching(/./),
    fix: named === undefined ? expect.stringMatching(/./) : expect.stringContaining(named),
  });
}
