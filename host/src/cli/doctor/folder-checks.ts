import { lstatSync, statSync } from 'node:fs';
import { AicoError } from '@aico/schemas';
import type { HomeFolders } from '../../home/home-folders.ts';
import { assertKnownFormat, readFormat } from '../../home/home-format.ts';
import { hostFolder } from '../../home/host-folder.ts';
import { assertWritable, freeMegabytes, isOpenToOthers, NEEDED_MB } from '../../home/prepare-home.ts';
import { problemWith, runtimeEnvironment } from '../../home/runtime-folder.ts';
import { problemOf } from '../../problem.ts';
import { type Finding, failed, find, ok, warning } from './finding.ts';

const COMFORTABLE_MB = 500;

/** Whether the folders that AICO uses can be used. Nothing is made or changed. */
export function folderChecks(folders: HomeFolders): Promise<Finding>[] {
  const { home } = folders;
  if (statSync(home, { throwIfNoEntry: false }) === undefined) {
    return [
      find('data folder', () => ok('data folder', `${home} will be made at the first start`)),
      find('runtime folder', () => checkRuntime(home)),
    ];
  }
  return [
    find('data folder', () => checkHome(home)),
    find('data format', () => checkFormat(folders)),
    find('free space', () => checkSpace(home)),
    find('runtime folder', () => checkRuntime(home)),
  ];
}

function checkHome(home: string): Finding {
  const name = 'data folder';
  try {
    assertWritable(home);
  } catch (error) {
    const details = { problem: problemOf(error) };
    return failed(name, new AicoError('HOST_HOME_UNWRITABLE', { subject: home, details, cause: error }));
  }
  if (isOpenToOthers(home)) return warning(name, `Others can look into ${home}.`, `Run: chmod 700 "${home}"`);
  return ok(name, home);
}

function checkFormat({ home, formatFile }: HomeFolders): Finding {
  const found = readFormat(formatFile);
  if (found === undefined) return ok('data format', 'new');
  assertKnownFormat(home, found);
  return ok('data format', String(found));
}

function checkSpace(home: string): Finding {
  const name = 'free space';
  const free = freeMegabytes(home);
  if (free < NEEDED_MB) {
    return failed(name, new AicoError('HOST_HOME_FULL', { subject: home, details: { free, needed: NEEDED_MB } }));
  }
  if (free < COMFORTABLE_MB) return warning(name, `Only ${free} MB are left.`, 'Free some space soon.');
  return ok(name, free < 10_240 ? `${free} MB` : `${Math.floor(free / 1024)} GB`);
}

function checkRuntime(home: string): Finding {
  const folder = hostFolder(home);
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return ok('runtime folder', folder);
  const problem = problemWith(folder, runtimeEnvironment().userId);
  if (problem === undefined) return ok('runtime folder', folder);
  return failed(
    'runtime folder',
    new AicoError('HOST_RUNTIME_FOLDER_UNSAFE', { subject: folder, details: { problem } }),
  );
}
