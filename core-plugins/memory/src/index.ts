import { definePlugin } from '@aico/sdk';
import { loadEmbeddingModel } from './embedding-model.ts';
import { serveMemory } from './serve-memory.ts';

export default definePlugin({
  activate: (ctx) => serveMemory(ctx, loadEmbeddingModel),
});
