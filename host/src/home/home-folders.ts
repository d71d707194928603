import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** Where everything of one data folder lies. */
export interface HomeFolders {
  readonly home: string;
  /** The user's settings. */
  readonly settingsFile: string;
  /** Keys of strangers that the user trusts. */
  readonly trustFile: string;
  readonly logs: string;
  /** A folder for each plugin. */
  readonly data: string;
  readonly vault: string;
  /** Packages that the user installed. */
  readonly packages: string;
  readonly state: string;
  readonly formatFile: string;
  readonly pluginsFile: string;
  readonly runTimeSettingsFile: string;
  readonly versionsFile: string;
  /** By what logs are sealed. */
  readonly logKeyFile: string;
  /** A restored backup that lies ready for the next start. */
  readonly incoming: string;
}

/** The layout of a data folder. */
export function homeFolders(home: string): HomeFolders {
  const state = join(home, 'state');
  return {
    home,
    settingsFile: join(home, 'config.json'),
    trustFile: join(home, 'trust.json'),
    logs: join(home, 'logs'),
    data: join(home, 'data'),
    vault: join(home, 'vault'),
    packages: join(home, 'packages'),
    state,
    formatFile: join(state, 'format.json'),
    pluginsFile: join(state, 'plugins.json'),
    runTimeSettingsFile: join(state, 'settings.json'),
    versionsFile: join(state, 'versions.json'),
    logKeyFile: join(state, 'log-key.json'),
    incoming: join(home, 'incoming'),
  };
}

/** The data folder: what was named, else the platform's usual place. */
export function findHome(named: string | undefined): string {
  return resolve(named ?? envPaths('aico', { suffix: '' }).data);
}
