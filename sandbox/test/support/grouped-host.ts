import { createInterface } from 'node:readline';
import { House, type PluginSketch } from './house.ts';

// A host that starts the plugins whose sketches it reads, one on a line, tells what becomes of them, and closes with its input.
const house = await House.open({ patienceMs: 600_000 });
const tell = (event: string, id: string, facts: object = {}): void =>
  console.log(JSON.stringify({ event, id, ...facts }));
tell('folder', house.folder);
for await (const line of createInterface({ input: process.stdin })) {
  const sketch = JSON.parse(line) as PluginSketch;
  const { id = 'guest' } = sketch;
  const { running } = await house.start(sketch);
  void running.exited.then((exit) => tell('gone', id, { exit }));
  tell('up', id, { confinement: running.confinement, usage: running.usage() });
}
await house[Symbol.asyncDispose]();
tell('closed', '');
