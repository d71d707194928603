import type { AicoError } from '@aico/schemas';
import { type Distribution, listDistributions, readDistribution } from '../distributions/distribution.ts';
import type { HomeFolders } from '../home/home-folders.ts';
import { EnvironmentLayer } from './environment-layer.ts';
import { type HostSettings, resolveHostSettings } from './host-settings.ts';
import { locateHome } from './locate-home.ts';
import { JsonLayer, type SettingLayer } from './setting-layer.ts';
import { readUserFile } from './user-file.ts';

/** What a command may say about settings. */
export interface CommandLineSettings {
  readonly home?: string;
  readonly distribution?: string;
  readonly open?: boolean;
}

export interface SettingsInput {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly commandLine: CommandLineSettings;
  /** Where the distributions lie. */
  readonly distributionsFolder: string;
}

/** All that was found. `errors` are left to the caller, who shows them together with those of the plugins' settings. */
export interface Settings {
  readonly folders: HomeFolders;
  readonly host: HostSettings;
  readonly distribution: Distribution;
  /** The strongest last; the run-time ones come on top. */
  readonly layers: readonly SettingLayer[];
  readonly errors: readonly AicoError[];
}

/** Reads every layer. @throws AicoError CONFIG_FILE_UNREADABLE, HOST_DISTRIBUTION_INVALID */
export function readSettings(input: SettingsInput): Settings {
  const { environment, commandLine, distributionsFolder } = input;
  const folders = locateHome(input);
  const given = [
    readUserFile(folders.settingsFile),
    new EnvironmentLayer(environment),
    new JsonLayer('command line', 'the command line', { ...commandLine }),
  ];
  const names = listDistributions(distributionsFolder);
  // A first look finds the distribution, whose settings then lie below the others.
  const { distribution: name } = resolveHostSettings(given, names, []);
  const distribution = readDistribution(distributionsFolder, name);
  const layers = [new JsonLayer('distribution', `the distribution ${name}`, distribution.settings), ...given];
  const errors: AicoError[] = [];
  const host = resolveHostSettings(layers, names, errors);
  return { folders, host, distribution, layers, errors };
}
