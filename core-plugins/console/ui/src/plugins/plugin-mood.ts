import type { PluginInfo } from '@aico/sdk';

/** How a plugin is doing, coarsely enough for one colour. */
export type PluginMood = 'well' | 'busy' | 'waiting' | 'off' | 'trouble';

/** The mood of a plugin's state. A plugin that was switched off is off, whatever it was before. */
export function moodOf({ state, enabled }: Pick<PluginInfo, 'state' | 'enabled'>): PluginMood {
  switch (state) {
    case 'active':
    case 'suspended':
      return 'well';
    case 'starting':
    case 'stopping':
    case 'verifying':
    case 'updating':
      return 'busy';
    case 'crashed':
    case 'quarantined':
    case 'rejected':
    case 'revoked':
      return 'trouble';
    case 'backoff':
      return enabled ? 'trouble' : 'off';
    case 'awaitingConsent':
      return 'waiting';
    default:
      return enabled ? 'waiting' : 'off';
  }
}
