import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { goTo, say, walkWizard } from './support/app.ts';
import { openWindow } from './support/browser.ts';
import { look } from './support/look.ts';

const THEIRS = 'another password of another vault';

/** A folder with a backup of another vault, in which somebody talked. */
async function elsewhere(home: string): Promise<string> {
  const folder = join(home, 'other-disk');
  await mkdir(folder);
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url, THEIRS);
  await session.turn((await session.conversation()).id, 'I live somewhere else.');
  await product.aico('backup', 'folder', folder);
  await product.aico('backup', 'create');
  await product.stop();
  return folder;
}

test('the page makes, tests and lays ready a backup, says what happens next, and tells a folder that is gone [DATA-6, UI-1]', async (context) => {
  const home = await temporaryHome();
  const disk = join(home, 'disk');
  await mkdir(disk);
  const product = await Product.start({ home });
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  await say(page, 'My canary is called Hopper.');
  await goTo(page, 'Settings');
  await page.getByRole('link', { name: 'Look at the backups' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Backups' }).waitFor();
  await page.getByRole('heading', { name: 'There is no backup yet' }).waitFor();
  await page.getByText('This folder lies beside the data').waitFor();
  await look(page, 'backups-empty');

  await page.getByRole('button', { name: 'Choose another folder' }).click();
  await page.getByLabel('Folder').fill('not a folder');
  await page.keyboard.press('Enter');
  await page.getByLabel('Folder').and(page.locator('[aria-invalid=true]')).waitFor();
  await page.getByText('Write the whole path').waitFor();
  // A slip of the pen must not end the daily backups.
  await page.getByLabel('Folder').fill(join(home, 'dissk', 'aico'));
  await page.keyboard.press('Enter');
  await page.getByText('is not there: nothing is at that place').waitFor();
  await look(page, 'backups-wrong-folder');
  const gone = { code: 1, stderr: expect.stringContaining('BACKUP_FOLDER_GONE') };
  expect(await product.aico('backup', 'folder', join(home, 'dissk', 'aico'))).toMatchObject(gone);
  const { stdout } = await product.aico('backup', 'list', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ status: { ownDisk: true } });
  await page.getByLabel('Folder').fill(disk);
  await page.keyboard.press('Enter');
  await page.getByText(`Backups go to ${disk} from now on`).waitFor();

  const create = page.getByRole('button', { name: 'Make a backup now' });
  await create.press('Enter');
  await page.getByRole('heading', { name: /^The last backup is from/ }).waitFor();
  await page.getByRole('button', { name: /^Test the backup of/ }).click();
  await page.getByText(/were restored to a scratch folder, and all \d+ databases/).waitFor();
  await page.getByRole('button', { name: 'Remove the others now' }).click();
  await page.getByText('There was nothing to remove.').waitFor();
  await page.getByRole('button', { name: /^Conversations in the backup of/ }).click();
  await page.getByRole('dialog').getByText('2 messages, 2 today').waitFor();
  await page.getByRole('button', { name: /^Bring back “/ }).click();
  await page.getByRole('dialog').getByText('Nothing of it is missing.').waitFor();
  await look(page, 'backups-conversations');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Restore the backup of/ }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText('Nothing changes until AICO starts anew').waitFor();
  await dialog.getByRole('button', { name: 'Lay it ready' }).click();
  await page.getByRole('heading', { name: /lies ready$/ }).waitFor();
  await look(page, 'backups-full');

  // Backups of another vault open with what opens that one.
  await goToFolder(await elsewhere(home));
  await page.getByRole('button', { name: /^Conversations in the backup of/ }).click();
  const talks = page.getByRole('dialog');
  await talks.getByText('This backup is of another vault').waitFor();
  await look(page, 'backups-secret');
  const secret = talks.getByRole('textbox', { name: 'Master password or recovery code of that time' });
  await secret.fill('not that password');
  await page.keyboard.press('Enter');
  await talks.getByText(/not right/).waitFor();
  await look(page, 'backups-secret-wrong');
  await secret.fill(THEIRS);
  await page.keyboard.press('Enter');
  await talks.getByText('2 messages, gone today').waitFor();
  await page.getByRole('button', { name: /^Bring back “/ }).click();
  await talks.getByText('It is back: 2 messages were missing.').waitFor();
  await page.keyboard.press('Escape');
  await goToFolder(disk);

  await rename(disk, `${disk}-away`);
  await create.click();
  await page.getByText('BACKUP_FOLDER_GONE').first().waitFor();
  await look(page, 'backups-gone');
  await rm(`${disk}-away`, { recursive: true });
  expect(faults).toEqual([]);

  async function goToFolder(folder: string): Promise<void> {
    await page.getByRole('button', { name: 'Choose another folder' }).click();
    await page.getByLabel('Folder').fill(folder);
    await page.keyboard.press('Enter');
    await page.getByText(`Backups go to ${folder} from now on`).waitFor();
  }
}, 180_000);
