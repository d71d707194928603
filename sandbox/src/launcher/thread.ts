import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { pipeHead, type StartMessage, type ThreadMessage } from './thread-messages.ts';

// The launcher's thread. A pipe that Node makes could be read here alone: the pipes are connections to the other thread's socket,
// of which the process inherits one end.

const { address } = workerData as { readonly address: string };

async function start({ token, command, parameters, environment, pipes }: StartMessage): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: pipes }, (_, place) => connect(pipeHead(token, place))));
  try {
    const child = spawn(command, parameters, {
      stdio: ['ignore', ...sockets],
      env: environment,
      cwd: '/',
      detached: true,
    });
    child.once('error', ({ message }) => tell({ type: 'failed', token, problem: message }));
    child.once('exit', (code, signal) =>
      tell({ type: 'ended', token, code: code ?? undefined, signal: signal ?? undefined }),
    );
    if (child.pid !== undefined) tell({ type: 'started', token, processId: child.pid });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** A connection that nobody here reads from. */
function connect(head: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = new Socket();
    socket.pause();
    socket.once('error', reject);
    socket.connect(address, () => socket.write(head, () => resolve(socket)));
  });
}

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (message: StartMessage) => {
  start(message).catch((error: Error) => tell({ type: 'failed', token: message.token, problem: error.message }));
});
