import { definePlugin } from '@aico/sdk';
import { ChromaServer } from './chroma-server.ts';
import { ChromaStore } from './chroma-store.ts';

export default definePlugin({
  async activate({ bus, config, fetch }) {
    const store = new ChromaStore(new ChromaServer(fetch, () => config.get<string>('url')));
    await bus.serve('vector.external.ask.v1', ({ data }) => store.answer(data));
  },
});
