import type { Grant } from '@aico/schemas';

/** The `aico` command's name on the bus. */
export const CLI_PEER = 'cli';

const REQUESTS = [
  'kernel.status.get.v1',
  'kernel.bus.stats.v1',
  'kernel.stop.request.v1',
  'kernel.plugin.list.v1',
  'kernel.plugin.get.v1',
  'kernel.plugin.enable.v1',
  'kernel.plugin.disable.v1',
  'kernel.plugin.install.v1',
  'kernel.plugin.uninstall.v1',
  'kernel.plugin.update.v1',
  'kernel.permission.decide.v1',
  'kernel.plugin.limit.v1',
  'journal.status.get.v1',
  'journal.group.replay.v1',
  'journal.dead.list.v1',
  'journal.dead.get.v1',
  'journal.dead.replay.v1',
  'journal.dead.discard.v1',
  'vault.status.get.v1',
  'vault.setup.run.v1',
  'vault.unlock.run.v1',
  'vault.device.remember.v1',
  'vault.device.forget.v1',
  'vault.recovery.renew.v1',
  'vault.recovery.unlock.v1',
  'storage.database.list.v1',
  'storage.key.rotate.v1',
  'kernel.config.set.v1',
  'backup.status.get.v1',
  'backup.list.v1',
  'backup.create.v1',
  'backup.verify.v1',
  'backup.restore.v1',
  'backup.prune.v1',
  'backup.key.get.v1',
  'backup.conversation.list.v1',
  'backup.conversation.restore.v1',
  'vector.store.list.v1',
  'vector.store.move.v1',
  'cache.status.get.v1',
  'cache.clear.v1',
  'net.egress.list.v1',
  'net.egress.summary.get.v1',
  'net.egress.export.v1',
  'audit.search.v1',
  'audit.status.get.v1',
  'audit.verify.v1',
  'audit.export.v1',
  'kernel.consent.list.v1',
  'analytics.query.v1',
  'analytics.tables.v1',
  'privacy.forget.find.v1',
  'privacy.forget.run.v1',
  'privacy.receipt.list.v1',
  'privacy.retention.get.v1',
  'privacy.retention.preview.v1',
  'privacy.retention.set.v1',
  'kernel.debugger.open.v1',
  'kernel.debugger.send.v1',
  'kernel.debugger.read.v1',
];

/** Everything that the `aico` command may do; the kernel holds it to this as it holds a plugin to its manifest. */
export const CLI_GRANTS: readonly Grant[] = [
  ...granted('request', REQUESTS),
  ...granted('subscribe', ['kernel.bus.observed.v1', 'kernel.plugin.changed.v1', 'chat.message.created.v1']),
];

function granted(verb: Grant['verb'], topics: readonly string[]): Grant[] {
  return topics.map((topic) => ({ verb, topic, effect: 'allow' }));
}
