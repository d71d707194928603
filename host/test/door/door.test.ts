import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { PeerCredentials } from '@aico/kernel/contracts';
import { AicoError } from '@aico/schemas';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Door, type DoorKeeper } from '../../src/door/door.ts';
import { askFacts, askPass } from '../../src/door/door-client.ts';
import { doorAddress, type HostFacts } from '../../src/door/door-protocol.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FACTS: HostFacts = {
  processId: 4711,
  version: '0.1.0',
  home: '/home-of-the-test',
  distribution: 'desktop',
  state: 'running',
  startedAt: '2026-01-01T00:00:00.000Z',
  endpoints: { console: 'http://127.0.0.1:4127' },
};
const CREDENTIALS: PeerCredentials = { address: 'ipc://bus', serverPublicKey: 's', publicKey: 'p', secretKey: 'k' };

class TestKeeper implements DoorKeeper {
  readonly failures: unknown[] = [];
  inside = 0;
  refusal: unknown;

  facts(): HostFacts {
    return FACTS;
  }

  async admit() {
    if (this.refusal !== undefined) throw this.refusal;
    this.inside += 1;
    const end = async (): Promise<void> => {
      this.inside -= 1;
    };
    return { credentials: CREDENTIALS, end };
  }

  onFailure(error: unknown): void {
    this.failures.push(error);
  }
}

async function openDoor(folder = temporaryFolder()) {
  const address = doorAddress(folder);
  const keeper = new TestKeeper();
  const door = await Door.open(address, keeper);
  onTestFinished(async () => door?.close());
  return { address, keeper, door, folder };
}

/** A process that listens there and is killed: its socket stays. */
async function leaveStaleSocket(address: string): Promise<void> {
  const script = `require('node:net').createServer().listen(process.argv[1], () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the door of a host', () => {
  test('tells facts to who asks', async () => {
    const { address } = await openDoor();
    expect(await askFacts(address)).toEqual(FACTS);
  });

  test('lets a peer in for as long as it stays', async () => {
    const { address, keeper } = await openDoor();
    const pass = await askPass(address);
    expect(pass?.credentials).toEqual(CREDENTIALS);
    expect(keeper.inside).toBe(1);
    pass?.close();
    await expect.poll(() => keeper.inside).toBe(0);
  });

  test('says why nobody is let in', async () => {
    const { address, keeper } = await openDoor();
    keeper.refusal = new AicoError('KERNEL_STOPPING', { subject: 'aico' });
    await expect(askPass(address)).rejects.toMatchObject({ code: 'KERNEL_STOPPING' });
    keeper.refusal = new Error('out of sockets');
    await expect(askPass(address)).rejects.toMatchObject({ code: 'HOST_INTERNAL' });
  });

  test('lets everybody out when it closes, and is gone', async () => {
    const { address, keeper, door, folder } = await openDoor();
    const pass = await askPass(address);
    await door?.close();
    await pass?.ended;
    expect([keeper.inside, await askFacts(address), readdirSync(folder)]).toEqual([0, undefined, []]);
  });

  test('closes though a caller never leaves', async () => {
    const { address, door } = await openDoor();
    const socket = connect({ path: address, allowHalfOpen: true });
    await once(socket, 'connect');
    await door?.close();
    socket.destroy();
  });

  test.each(['{"op":"open"}\n', 'GET / HTTP/1.1\r\n\r\n', 'null\n', 'x'.repeat(100_000)])(
    'refuses what it does not know: %.20j',
    async (text) => {
      const { address, keeper } = await openDoor();
      const socket = connect(address);
      socket.on('error', () => undefined);
      socket.end(text);
      let answer = '';
      for await (const part of socket) answer += String(part);
      expect(JSON.parse(answer)).toMatchObject({ error: { code: 'HOST_DOOR_REQUEST_INVALID' } });
      expect([keeper.inside, keeper.failures]).toEqual([0, []]);
    },
  );

  test.skipIf(process.platform === 'win32')('is for its owner alone', async () => {
    const { address } = await openDoor();
    expect(statSync(address).mode & 0o777).toBe(0o600);
  });
});

describe('the one door of a data folder', () => {
  test('is held by the first who comes', async () => {
    const { folder } = await openDoor();
    expect((await openDoor(folder)).door).toBeUndefined();
  });

  test('is held by exactly one of many who come at once', async () => {
    const folder = temporaryFolder();
    const doors = await Promise.all(Array.from({ length: 8 }, () => openDoor(folder)));
    expect(doors.filter(({ door }) => door !== undefined)).toHaveLength(1);
    expect(await askFacts(doorAddress(folder))).toEqual(FACTS);
  });

  const onPosix = test.skipIf(process.platform === 'win32');

  onPosix('is taken over from a process that was killed, by exactly one', async () => {
    const folder = temporaryFolder();
    await leaveStaleSocket(doorAddress(folder));
    expect([existsSync(doorAddress(folder)), await askFacts(doorAddress(folder))]).toEqual([true, undefined]);
    const doors = await Promise.all(Array.from({ length: 4 }, () => openDoor(folder)));
    expect(doors.filter(({ door }) => door !== undefined)).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['door']);
  });

  onPosix('is taken over though the one before died while taking it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'door.claim'), '');
    const old = new Date(Date.now() - 60_000);
    const { utimesSync } = await import('node:fs');
    utimesSync(join(folder, 'door.claim'), old, old);
    expect((await openDoor(folder)).door).toBeDefined();
  });

  test('is held by a process that hangs, and the caller is told', { timeout: 10_000 }, async () => {
    const address = doorAddress(temporaryFolder());
    const server = createServer(() => undefined).listen(address);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    expect(await Door.open(address, new TestKeeper())).toBeUndefined();
    await expect(askFacts(address)).rejects.toMatchObject({ code: 'HOST_NOT_ANSWERING' });
  });

  test.skipIf(process.platform === 'win32')(
    'that is killed while a caller knocks is told as no host that runs',
    async () => {
      const address = doorAddress(temporaryFolder());
      const server = createServer().listen(address);
      await once(server, 'listening');
      const asked = askFacts(address);
      server.close();
      expect(await asked).toBeUndefined();
    },
  );

  test('is refused where nothing can be made', async (context) => {
    context.skip(
      process.platform === 'win32' || process.getuid?.() === 0,
      'root may write everywhere, and Windows has no modes',
    );
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    await expect(Door.open(doorAddress(folder), new TestKeeper())).rejects.toMatchObject({ code: 'EACCES' });
  });
});
