import { Socket } from 'node:net';
import type { RunDebugger } from '@aico/kernel/contracts';
import { readMessages, writeMessage } from '../message-lines.ts';

const DEBUGGER_FD = 4;

/** The pipe over which this process's debugger is spoken to; to be opened before the network is given up. */
export function openDebuggerPipe(): RunDebugger {
  const pipe = new Socket({ fd: DEBUGGER_FD, readable: true, writable: true });
  return {
    send: (message) => writeMessage(pipe, message),
    onMessage: (handler) => readMessages(pipe, handler),
  };
}
