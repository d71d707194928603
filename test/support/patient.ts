import type { Product } from './product.ts';
import { packStranger } from './stranger.ts';

/** Fails at every message until it is told to be well, and says which it handled. */
const CODE = `let well = false; const handled = [];
export default { async activate(ctx) {
  await ctx.bus.consume('chat.message.created.v1', { group: 'main', maxAttempts: 1 }, ({ data }) => {
    if (!well) throw new Error('I am not well');
    handled.push(data.message.text);
  });
  await ctx.bus.serve('plugin.patient.command.run.v1', ({ data }) => {
    if (data.arguments === 'heal') well = true;
    return { text: handled.length === 0 ? 'nothing yet' : handled.join(', ') };
  });
} };`;
const PERMISSIONS = [
  { verb: 'serve', topic: 'plugin.patient.command.run.v1', reason: 'To answer when you type /patient.' },
  { verb: 'subscribe', topic: 'chat.message.created.v1', reason: 'To read what you write.' },
];
const COMMANDS = [{ name: 'patient', description: 'Ask how it is', usage: '/patient' }];

/** Adds a plugin that fails at each chat message until `/patient heal` is said; `/patient` tells what it handled. */
export async function addPatient(product: Product): Promise<void> {
  const changes = { name: 'Patient', permissions: PERMISSIONS, contributes: { commands: COMMANDS } };
  await product.aico('plugin', 'install', await packStranger(product.home, 'patient', CODE, changes));
  await product.aico('plugin', 'enable', 'patient');
}
