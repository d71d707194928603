import { definePlugin } from '@aico/sdk';
import { ChromaServer } from './chroma-server.ts';
import { ChromaStore } from './chroma-store.ts';
import { eitherWay, overNetwork, overOwnServer } from './chroma-ways.ts';

export default definePlugin({
  async activate({ bus, config, fetch }) {
    const yours = overNetwork(fetch, () => config.get<string>('url'));
    const way = eitherWay(yours, overOwnServer(bus), () => config.get<string>('server') === 'own');
    const store = new ChromaStore(new ChromaServer(way));
    await bus.serve('vector.external.ask.v1', ({ data }) => store.answer(data));
  },
});
