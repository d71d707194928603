import { Buffer } from 'node:buffer';
import { AicoError } from '@aico/sdk';
import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { requireSession } from '../session/require-session.ts';

const PICTURE_PATH = '/gallery-pictures/:id';
const PLUGIN_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** The address names the version, so that a newer one is asked for anew. */
const FOR_A_DAY = 'private, max-age=86400';

/** Pictures of plugins in use, for who is signed in: as files, so that a browser fetches what comes into view. */
export function registerPictureRoute(app: FastifyInstance, parts: AppParts): void {
  app.get<{ Params: { id: string }; Querystring: { dark?: string } }>(PICTURE_PATH, async (request, reply) => {
    requireSession(parts, request);
    const { id } = request.params;
    if (id.length > 40 || !PLUGIN_ID.test(id)) throw new AicoError('GATEWAY_ROUTE_UNKNOWN', { subject: 'a picture' });
    const dark = request.query.dark !== undefined;
    const { base64 } = await parts.bus.request('kernel.gallery.picture.v1', { id, dark });
    return reply.type('image/png').header('cache-control', FOR_A_DAY).send(Buffer.from(base64, 'base64'));
  });
}
