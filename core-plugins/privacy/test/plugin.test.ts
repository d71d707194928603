import { expect, test } from 'vitest';
import { BACKUP, house, item, KEEPS, MADE, MEMORY, MESSAGE, manifest, REPLY, WHEN, wishOf } from './support/house.ts';

test('finds what followed from what was found, and what would become of backups [DATA-7]', async () => {
  const { plan } = await house();
  const found = await plan({ messages: [MESSAGE] });
  expect(found.items.map(({ plugin, kind, id }) => [plugin, kind, id]).sort()).toEqual([
    ['album', 'picture', 'p-1'],
    ['chat', 'message', MESSAGE],
    ['chat', 'message', REPLY],
    ['memory', 'memory', MEMORY],
  ]);
  expect(found).toMatchObject({ more: false, absent: [], backups: [{ id: BACKUP }] });
});

test('tells every plugin what was chosen, its own things to itself alone, then wipes files, then backups [DATA-7]', async () => {
  const { plan, run, orders, done, user } = await house();
  const { receipt, phases } = await run(wishOf((await plan({ messages: [MESSAGE] })).items));
  expect(done).toEqual(['chat', 'album', 'journal', 'memory', 'settle', 'settle', 'shred']);
  expect(phases).toEqual(['removing', 'settling', 'backup']);
  for (const { plugin, order } of orders) {
    expect({ ...order, messages: [...order.messages].sort() }).toEqual({
      ...{ messages: [MESSAGE, REPLY], conversations: [], memories: [MEMORY], titles: [] },
      others: plugin === 'album' ? ['p-1'] : [],
      since: WHEN,
    });
  }
  expect(receipt).toMatchObject({
    ...{ at: WHEN, scope: 'message', by: 'user', failed: [], backups: { removed: 1 } },
    removed: expect.arrayContaining([{ plugin: 'chat', kind: 'thing', removed: 2 }]),
  });
  expect((await user.bus.request('privacy.receipt.list.v1', {})).receipts).toEqual([receipt]);
  expect(JSON.stringify(receipt)).not.toContain('Turing');
});

test('only what was chosen goes, and backups stay if that was chosen [DATA-7]', async () => {
  const { plan, run, orders, done } = await house();
  const { items } = await plan({ messages: [MESSAGE] });
  const { receipt } = await run(
    wishOf(
      items.filter(({ id }) => id === REPLY),
      false,
    ),
  );
  expect(orders.map(({ order }) => order.messages)).toEqual([[REPLY], [REPLY], [REPLY], [REPLY]]);
  expect(done).not.toContain('shred');
  expect(receipt.backups).toBeUndefined();
});

test('what fails is told, touches no backup, and is gone on with after the next start [DATA-7]', async () => {
  const { plan, run, state, done, goOn, receipts } = await house();
  state.failing.add('memory');
  const { receipt } = await run(wishOf((await plan({ messages: [MESSAGE] })).items));
  expect(receipt.failed).toEqual([
    { plugin: 'memory', code: 'STORAGE_FULL' },
    { plugin: 'backup', code: 'PRIVACY_BACKUP_WAITS' },
  ]);
  expect(done).not.toContain('shred');
  state.failing.clear();
  await goOn();
  await expect.poll(async () => (await receipts())[0]?.failed).toEqual([]);
  expect(await receipts()).toMatchObject([{ id: receipt.id, backups: { removed: 1 } }]);
  expect(done).toContain('shred');
});

test('backups on a disk that is away are made unreadable once it is there, and no plan says that there are none [DATA-7]', async () => {
  const { plan, run, state, done, goOn, receipts } = await house();
  state.isGone = true;
  const found = await plan({ messages: [MESSAGE] });
  expect(found).toMatchObject({ backups: [], backupsUnlisted: true });
  const { receipt } = await run(wishOf(found.items));
  expect(receipt.failed).toEqual([{ plugin: 'backup', code: 'BACKUP_FOLDER_GONE' }]);
  state.isGone = false;
  await goOn();
  await expect.poll(async () => (await receipts())[0]?.failed).toEqual([]);
  expect(await receipts()).toMatchObject([{ id: receipt.id, backups: { removed: 1 } }]);
  expect(done).toContain('shred');
});

test('backups that cannot be read go with the others [DATA-7]', async () => {
  const { plan, run, state, done } = await house();
  state.backups = [];
  state.unreadable = 1;
  const found = await plan({ messages: [MESSAGE] });
  expect(found).toMatchObject({ backups: [], backupsUnlisted: true });
  expect((await run(wishOf(found.items))).receipt).toMatchObject({ failed: [], backups: { removed: 0 } });
  expect(done).toContain('shred');
});

test('while the plugin that makes backups does not run, the wish stays; where none is installed there are none [DATA-7]', async () => {
  const { kernel, plan, run, stopListing } = await house();
  await stopListing();
  const found = await plan({ messages: [MESSAGE] });
  expect(found).toMatchObject({ backups: [] });
  expect(found).not.toHaveProperty('backupsUnlisted');
  expect((await run(wishOf(found.items))).receipt).toMatchObject({ failed: [] });
  const about = { ...manifest, id: 'backup', name: 'Backups', dependencies: {}, needs: [], permissions: [] };
  await kernel.load({ manifest: about, definition: { activate: () => {} } });
  expect(await plan({ messages: [MESSAGE] })).toMatchObject({ backups: [], backupsUnlisted: true });
  const { receipt } = await run(wishOf(found.items));
  expect(receipt.failed).toEqual([{ plugin: 'backup', code: 'PRIVACY_HOLDER_ABSENT' }]);
});

test('what a plugin keeps that is switched off goes once it is on, and one that has never run is not named [DATA-7]', async () => {
  const { kernel, plan, run, state, done, goOn, receipts, user } = await house();
  const hears = { verb: 'serve', topic: 'plugin.scribe.command.run.v1', reason: 'To stand in for it.' } as const;
  const about = { ...manifest, id: 'scribe', name: 'Scribe', dependencies: {}, needs: [], permissions: [hears, KEEPS] };
  await kernel.load({ manifest: about, definition: { activate: () => {} } });
  for (const id of ['album', 'journal', 'scribe']) await user.bus.request('kernel.plugin.disable.v1', { id });
  const search = { messages: [MESSAGE] };
  const fresh = await plan(search);
  expect(fresh.absent).toEqual([]);
  expect(fresh).not.toHaveProperty('untold');
  state.databases.push('album', 'scribe');
  const found = await plan(search);
  expect(found).toMatchObject({ absent: ['album'], untold: ['scribe'] });
  const { receipt } = await run(wishOf(found.items, false));
  expect(receipt.untold).toEqual(['scribe']);
  expect(receipt.failed).toEqual(['album', 'journal'].map((plugin) => ({ plugin, code: 'PRIVACY_HOLDER_ABSENT' })));
  expect(done).not.toContain('album');
  for (const id of ['album', 'journal']) await user.bus.request('kernel.plugin.enable.v1', { id });
  await goOn();
  await expect.poll(async () => (await receipts())[0]?.failed).toEqual([]);
  expect(done).toEqual(expect.arrayContaining(['album', 'journal']));
});

test('a plan names who may keep something, cannot say so and is switched off, as the cache is [DATA-7]', async () => {
  const { holder, plan, run, state, user } = await house();
  await holder('cache');
  expect(await plan({ names: ['Turing'] })).not.toHaveProperty('unseen');
  await user.bus.request('kernel.plugin.disable.v1', { id: 'cache' });
  state.databases.push('cache');
  expect(await plan({ names: ['Nobody'] })).toMatchObject({ unseen: ['cache'], absent: [] });
  const found = await plan({ messages: [MESSAGE] });
  expect(found).toMatchObject({ unseen: ['cache'] });
  const { receipt } = await run(wishOf(found.items, false));
  expect(receipt.failed).toEqual([{ plugin: 'cache', code: 'PRIVACY_HOLDER_ABSENT' }]);
});

test('who did not run when it was looked for is asked once it runs; what it got after that stays [DATA-7]', async () => {
  const { holder, plan, run, orders, state, done, goOn, receipts, user } = await house();
  const later = { ...item('entry', 'd-2'), when: '2026-11-26T12:00:01.000Z' };
  await holder('diary', ({ names = [] }) => (names.includes('Turing') ? [item('entry', 'd-1'), later] : []));
  await user.bus.request('kernel.plugin.disable.v1', { id: 'diary' });
  state.databases.push('diary');
  const search = { names: ['Turing'] };
  expect(await plan(search)).toMatchObject({ items: [], absent: ['diary'] });
  const wish = { scope: 'person' as const, items: [], backups: true };
  await expect(run(wish)).rejects.toMatchObject({ code: 'PRIVACY_SEARCH_EMPTY' });
  const { receipt } = await run({ ...wish, unasked: { search, plugins: ['diary'] } });
  const absent = [{ plugin: 'diary', code: 'PRIVACY_HOLDER_ABSENT' }];
  expect(receipt).toMatchObject({ removed: [], failed: absent });
  expect(done).toEqual(['settle', 'settle']);
  await goOn();
  expect(await receipts()).toMatchObject([{ failed: absent }]);
  await user.bus.request('kernel.plugin.enable.v1', { id: 'diary' });
  await goOn();
  await expect.poll(async () => (await receipts())[0]?.failed).toEqual([]);
  expect(orders.filter(({ plugin }) => plugin === 'diary').map(({ order }) => order.others)).toEqual([['d-1']]);
  expect((await receipts())[0]).toMatchObject({ backups: { removed: 1 } });
  expect(JSON.stringify(await receipts())).not.toContain('Turing');
});

test.each([
  ['once more if it kept something', false, 2],
  ['not again if it kept nothing', true, 1],
])(
  'no backup stays readable for a plugin that is switched off; when it is on, %s [DATA-7]',
  async (_, isEmpty, shreds) => {
    const { plan, run, state, done, goOn, receipts, user } = await house();
    await user.bus.request('kernel.plugin.disable.v1', { id: 'album' });
    state.databases.push('album');
    const { receipt } = await run(wishOf((await plan({ messages: [MESSAGE] })).items));
    expect(receipt).toMatchObject({
      failed: [{ plugin: 'album', code: 'PRIVACY_HOLDER_ABSENT' }],
      backups: { made: MADE, removed: 1 },
    });
    for (const id of ['chat', 'journal', 'memory', ...(isEmpty ? ['album'] : [])]) state.empty.add(id);
    await user.bus.request('kernel.plugin.enable.v1', { id: 'album' });
    await goOn();
    await expect.poll(async () => (await receipts())[0]?.failed).toEqual([]);
    expect((await receipts())[0]).toMatchObject({ backups: { made: MADE, removed: 1 } });
    expect(done.filter((each) => each === 'shred')).toHaveLength(shreds);
  },
);

test('what a plugin that is switched off has kept by the scheduler counts; while that does not run, so does what it may have [DATA-7]', async () => {
  const { kernel, plan, state, stopScheduling, user } = await house();
  const serve = (what: string) =>
    ({ verb: 'serve', topic: `plugin.later.forget.${what}.v1`, reason: 'To forget it.' }) as const;
  const schedules = { ...KEEPS, topic: 'schedule.set.v1' };
  const about = { ...manifest, id: 'later', name: 'Later', dependencies: {}, needs: [] };
  const permissions = [serve('find'), serve('run'), schedules];
  await kernel.load({ manifest: { ...about, permissions }, definition: { activate: () => {} } });
  await user.bus.request('kernel.plugin.disable.v1', { id: 'later' });
  const absent = async () => (await plan({ messages: [MESSAGE] })).absent;
  expect(await absent()).toEqual([]);
  state.scheduling.push('later');
  expect(await absent()).toEqual(['later']);
  state.scheduling.pop();
  await stopScheduling();
  expect(await absent()).toEqual(['later']);
});

test('forgets one memory everywhere without being asked first, and has backups follow in their time [DATA-7]', async () => {
  const { orders, done, user, kernel } = await house();
  const forget = (id: string) => user.bus.request('memory.forget.v1', { id });
  expect(await forget(MESSAGE)).toEqual({ forgotten: false });
  expect(orders).toEqual([]);
  const { forgotten, receipt } = await forget(MEMORY);
  expect([forgotten, receipt]).toMatchObject([true, { scope: 'memory', by: 'user', failed: [] }]);
  expect(done).toEqual(['chat', 'album', 'journal', 'memory', 'settle', 'settle']);
  for (const { order } of orders) expect(order).toMatchObject({ messages: [REPLY], memories: [MEMORY] });
  const heldUntil = '2026-12-26T12:00:00.000Z';
  expect(receipt).toMatchObject({ heldUntil });
  expect(await user.bus.request('privacy.retention.get.v1', {})).toMatchObject({ heldUntil });
  await kernel.unload('memory');
  await expect(forget(MEMORY)).resolves.toEqual({ forgotten: false });
});

test('refuses a search that names nothing, and two at once [DATA-7]', async () => {
  const { plan, run } = await house();
  for (const search of [{}, { messages: [] }, { from: WHEN }, { from: WHEN, to: WHEN }, { names: ['Ada'], to: WHEN }])
    await expect(plan(search)).rejects.toMatchObject({ code: 'PRIVACY_SEARCH_EMPTY' });
  for (const name of ['!!!', '🦊 …', '- -'])
    await expect(plan({ names: ['Ada', name] }), name).rejects.toMatchObject({ code: 'PRIVACY_NAME_UNSEARCHABLE' });
  const wish = wishOf((await plan({ messages: [MESSAGE] })).items);
  const outcomes = await Promise.allSettled([run(wish), run(wish)]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'PRIVACY_BUSY' } });
});

test('a plugin that was removed and whose data stays is named, before and after: what it kept comes back with it [DATA-7]', async () => {
  const { plan, run, state } = await house();
  state.databases.push('notes');
  state.scheduling.push('reminders');
  const found = await plan({ messages: [MESSAGE] });
  expect(found.untold).toEqual(['notes', 'reminders']);
  expect((await run(wishOf(found.items))).receipt.untold).toEqual(['notes', 'reminders']);
});
