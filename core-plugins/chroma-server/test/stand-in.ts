import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Listens where it is told to, keeps what it is sent in its folder, and tells how it is; or ends, or grows. */
const STAND_IN = `
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
const after = (name) => process.argv[process.argv.indexOf(name) + 1];
const held = [];
createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => {
    if (request.url === '/api/v2/end') process.exit(3);
    if (request.url === '/api/v2/never') return;
    if (request.url === '/api/v2/grow') held.push(Buffer.alloc(320 * 1024 * 1024, 1));
    if (text !== '') writeFileSync('kept-' + text.length, text);
    const environment = Object.keys(process.env).sort();
    response.end(JSON.stringify({ text, root: readdirSync('/').sort(), here: readdirSync('.').sort(), environment }));
  });
}).listen(Number(after('--port')), after('--host'));
`;

/** A folder in which something in the place of chromadb is installed. */
export function installStandIn(): string {
  const folder = temporaryFolder();
  const program = join(folder, 'node_modules/chromadb/dist/cli.mjs');
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, STAND_IN);
  return folder;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aico-chroma-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Processes that run something, or bring it to run, by the folder that it is installed in. */
export function running(installed: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(installed);
    } catch {
      return false;
    }
  });
}
