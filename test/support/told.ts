import { expect } from 'vitest';

/** A typed error with everything that a user needs: who or what, which rule, what to do. */
export function told(code: string, subject: string): unknown {
  return expect.objectContaining({
    code,
    subject: expect.stringContaining(subject),
    message: expect.stringMatching(/./),
    rule: expect.stringMatching(/./),
    fix: expect.stringMatching(/./),
  });
}
