import type { RunDebugger } from '@aico/kernel/contracts';
import type ivm from 'isolated-vm';

/** What a debugger is opened in. */
export interface DebuggedGuest {
  readonly vm: typeof ivm;
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
}

/** What debuggers say once they are set up. */
const GO_ON = '"Runtime.runIfWaitingForDebugger"';

/**
 * Lets a debugger speak with an isolate that was made for one. To be called before any code of the plugin runs; resolves
 * when the debugger tells whoever waits for it to go on.
 */
export function openDebuggerSession({ vm, isolate, context }: DebuggedGuest, pipe: RunDebugger): Promise<void> {
  const told = Promise.withResolvers<void>();
  // V8 ends the process unless whoever opens a session holds the isolate's lock: so it is done from within a call of it.
  const sessions: ivm.InspectorSession[] = [];
  const open = new vm.Callback(() => void sessions.push(isolate.createInspectorSession()), { sync: true });
  context.evalClosureSync('$0();', [open]);
  const [opened] = sessions;
  if (opened === undefined) throw new Error('The isolate gave no debugger.');
  opened.onResponse = (_, message) => pipe.send(message);
  opened.onNotification = (message) => pipe.send(message);
  pipe.onMessage((message) => {
    if (!isolate.isDisposed) opened.dispatchProtocolMessage(message);
    if (message.includes(GO_ON)) told.resolve();
  });
  return told.promise;
}
