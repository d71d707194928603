import { findHome, type HomeFolders, homeFolders } from '../home/home-folders.ts';
import { EnvironmentLayer } from './environment-layer.ts';
import { HOST_SETTINGS } from './host-setting-schemas.ts';

/** What tells where the data folder is. */
export interface HomeInput {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly commandLine: { readonly home?: string };
}

/**
 * The data folder that a command means, before anything in it is read. Every command begins with it, so this file brings
 * in neither what reads the other settings nor the compiler of schemas that checks them.
 */
export function locateHome({ environment, commandLine }: HomeInput): HomeFolders {
  const named = commandLine.home ?? new EnvironmentLayer(environment).valueOf('home', HOST_SETTINGS.home);
  return homeFolders(findHome(named as string | undefined));
}
