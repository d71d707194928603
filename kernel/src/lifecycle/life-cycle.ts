import type { PluginState } from '@aico/schemas';

/** Every way from one state to another; a plugin goes no other. */
export const TRANSITIONS: Readonly<Record<PluginState, readonly PluginState[]>> = {
  discovered: ['verifying'],
  verifying: ['installed', 'quarantined', 'rejected', 'revoked'],
  // A version that passes takes the place of one that did not.
  rejected: ['verifying', 'installed', 'quarantined', 'revoked'],
  revoked: ['verifying', 'installed', 'quarantined'],
  installed: ['awaitingConsent', 'pending', 'starting', 'stopped', 'installed', 'quarantined', 'rejected', 'revoked'],
  awaitingConsent: ['pending', 'starting', 'stopped', 'installed', 'rejected', 'revoked'],
  pending: ['starting', 'stopped', 'awaitingConsent', 'installed', 'rejected', 'revoked'],
  // It cannot start without what its user refused.
  starting: ['active', 'crashed', 'stopped', 'pending'],
  active: ['suspended', 'updating', 'stopping', 'crashed'],
  // It wakes, does not wake, or is not to wake.
  suspended: ['active', 'crashed', 'stopping', 'stopped', 'rejected', 'revoked'],
  // The new version runs, or the one before runs on, or neither.
  updating: ['active', 'crashed'],
  stopping: ['stopped'],
  stopped: ['pending', 'starting', 'awaitingConsent', 'installed', 'verifying', 'quarantined', 'rejected', 'revoked'],
  crashed: ['backoff', 'quarantined'],
  backoff: ['stopped'],
  quarantined: ['stopped'],
};

export function mayGo(from: PluginState, to: PluginState): boolean {
  return TRANSITIONS[from].includes(to);
}
