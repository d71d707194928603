/** What is told to the process beside Chroma. */
export type Told =
  | { readonly id: number; readonly method: string; readonly path: string; readonly text?: string }
  | 'end';

/** What it tells. */
export type Tells =
  | { readonly ready: true }
  | { readonly ended: string }
  | { readonly id: number; readonly status: number; readonly text: string }
  | { readonly id: number; readonly problem: string };

/**
 * Runs beside Chroma, in the network that is theirs alone: starts it, passes requests on, and ends with it. It travels as text to
 * a Node of its own, so that it uses nothing of this file, and no imports.
 */
export function besideChroma(): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const { readFileSync, statfsSync } = process.getBuiltinModule('node:fs');
  const FUSE = 0x65735546;
  const ORIGIN = 'http://127.0.0.1:8000';
  const ANSWER_MS = 55_000;
  const [program = '', mostMb = ''] = process.argv.slice(1);
  const tell = (said: Tells): Promise<void> => new Promise((done) => process.send?.(said, () => done()) ?? done());
  const leave = (why: string): void => void tell({ ended: why }).then(() => process.exit(1));

  // Whatever went wrong before, Chroma never writes to a disk that anybody can read.
  if (statfsSync('.').type !== FUSE) {
    leave('its folder is not in the encrypted one');
    return;
  }
  const address = ['--host', '127.0.0.1', '--port', '8000'];
  const chroma = spawn(process.execPath, [program, 'run', '--path', '.', ...address], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let last = '';
  let why: string | undefined;
  chroma.stderr.setEncoding('utf8').on('data', (text: string) => {
    last = (last + text).slice(-2_000);
  });
  chroma.once('error', (error) => leave(error.message));
  chroma.once('close', (code, signal) => {
    if (why === '') process.exit(0);
    const line = last.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
    leave(why ?? (signal === null ? `it ended with ${code}: ${line}` : `it was ended by ${signal}`));
  });
  const endIt = (): void => {
    why ??= '';
    chroma.kill('SIGTERM');
    setTimeout(() => chroma.kill('SIGKILL'), 2_000);
  };
  process.once('disconnect', () => {
    chroma.kill('SIGKILL');
    process.exit(0);
  });
  setInterval(() => {
    try {
      const [, residentKb = ''] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${chroma.pid}/status`, 'utf8')) ?? [];
      if (Number(residentKb) <= Number(mostMb) * 1024) return;
      why ??= `it took more than ${mostMb} MB`;
      chroma.kill('SIGKILL');
    } catch {
      // It is gone, which is told elsewhere.
    }
  }, 2_000);

  const answers = async (path: string): Promise<boolean> =>
    (await fetch(`${ORIGIN}${path}`).catch(() => undefined))?.ok === true;
  const untilReady = async (): Promise<void> => {
    while (!(await answers('/api/v2/heartbeat'))) await new Promise((later) => setTimeout(later, 25));
    await tell({ ready: true });
  };
  const pass = async (told: Exclude<Told, 'end'>): Promise<void> => {
    const { id, method, path, text } = told;
    const signal = AbortSignal.timeout(ANSWER_MS);
    const content = text === undefined ? {} : { body: text, headers: { 'content-type': 'application/json' } };
    try {
      const answer = await fetch(`${ORIGIN}${path}`, { method, redirect: 'error', signal, ...content });
      await tell({ id, status: answer.status, text: await answer.text() });
    } catch (error) {
      // Where Chroma is ending, that is what there is to say, and this process is gone by then.
      await new Promise((later) => setTimeout(later, 250));
      await tell({ id, problem: error instanceof Error ? error.message : String(error) });
    }
  };
  process.on('message', (told: Told) => {
    if (told === 'end') endIt();
    else void pass(told);
  });
  void untilReady();
}
