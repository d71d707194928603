import { AicoError, isAicoError } from '@aico/sdk';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import type { CachedAsset } from './asset-cache.ts';
import { isHashed, parseAssetPath } from './asset-path.ts';
import { chooseEncoding } from './compress.ts';
import { CONSOLE_AWAY_PAGE, NOT_FOUND_PAGE } from './plain-pages.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

/** Everything that is not the API: the files of the console plugin, asked for over the bus. */
export function registerConsoleRoutes(app: FastifyInstance, { assets }: Pick<AppParts, 'assets'>): void {
  app.get('/*', async (request, reply) => {
    const pathname = request.url.split('?', 1)[0] ?? '/';
    if (pathname === '/api' || pathname.startsWith('/api/')) {
      throw new AicoError('GATEWAY_ROUTE_UNKNOWN', { subject: `${request.method} ${pathname.slice(0, 100)}` });
    }
    const wanted = parseAssetPath(pathname);
    if (wanted === undefined) return sendPage(reply, 404, NOT_FOUND_PAGE);
    try {
      const asset = await assets.get(wanted.path);
      if (asset !== undefined) return await sendAsset(request, reply, asset, isHashed(wanted.path));
      return wanted.isView ? sendPage(reply, 503, CONSOLE_AWAY_PAGE) : sendPage(reply, 404, NOT_FOUND_PAGE);
    } catch (error) {
      if (isAicoError(error) && error.status === 503) return sendPage(reply, 503, CONSOLE_AWAY_PAGE);
      throw error;
    }
  });
}

async function sendAsset(
  request: FastifyRequest,
  reply: FastifyReply,
  asset: CachedAsset,
  isImmutable: boolean,
): Promise<FastifyReply> {
  const encoding = chooseEncoding(request.headers['accept-encoding']);
  const encoded = encoding === undefined ? undefined : await asset.encoded(encoding);
  const etag = `"${asset.etag}${encoded === undefined ? '' : `-${encoding}`}"`;
  reply.headers({ etag, vary: 'accept-encoding', 'cache-control': isImmutable ? FOR_EVER : ASK_AGAIN });
  if (isKnownTo(request.headers['if-none-match'], etag)) return reply.code(304).send();
  reply.type(asset.contentType);
  if (encoding !== undefined && encoded !== undefined) return reply.header('content-encoding', encoding).send(encoded);
  return reply.send(asset.body);
}

/** If-None-Match, RFC 9110 section 13.1.2: compared weakly. */
function isKnownTo(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(html);
}
