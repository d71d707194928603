import { describe, expect, test } from 'vitest';
import { viewPage } from '../../src/control/view-page.ts';
import type { ManagedPlugin } from '../../src/lifecycle/managed-plugin.ts';

const VIEWS = [{ id: 'chart', title: 'Habits', entry: 'views/chart.html' }];

function plugin(changes: Partial<ManagedPlugin> = {}, html = '<p>ü</p>'): ManagedPlugin {
  const views = new Map([
    ['views/chart.html', new TextEncoder().encode(html)],
    ['index.js', new Uint8Array()],
  ]);
  return { id: 'habits', manifest: { contributes: { views: VIEWS } }, views, state: 'active', ...changes } as never;
}

describe('a view of a plugin [PLG-5, SEC-4]', () => {
  test.each(['active', 'suspended', 'starting'] as const)('is what its package holds, while it is %s', (state) => {
    expect(viewPage(plugin({ state } as never), { id: 'habits', view: 'chart' })).toEqual({
      title: 'Habits',
      html: '<p>ü</p>',
    });
  });

  test.each([
    ['a name that the manifest has not', plugin(), 'index.js'],
    ['the path of a file', plugin(), 'views/chart.html'],
    ['a plugin that is off', plugin({ state: 'stopped' } as never), 'chart'],
    ['a plugin whose key is withdrawn', plugin({ state: 'revoked' } as never), 'chart'],
    ['a file that the package has not', plugin({ views: new Map() }), 'chart'],
    ['a file that is too large', plugin({}, 'x'.repeat(300_000)), 'chart'],
  ])('is not shown for %s', (_, owner, view) => {
    expect(() => viewPage(owner, { id: 'habits', view })).toThrow(
      expect.objectContaining({ code: 'KERNEL_VIEW_UNKNOWN' }),
    );
  });
});
