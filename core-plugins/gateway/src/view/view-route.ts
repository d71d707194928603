import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { VIEW_SCRIPT } from './view-script.ts';

const VIEW_FRAME_PATH = '/view-frame';

const SCRIPT_HASH = createHash('sha256').update(VIEW_SCRIPT).digest('base64');

/**
 * An origin of its own that nobody shares, no network, no forms, no frames of others. The one script that may begin here is
 * ours, and it runs the view's code by `eval`: a frame that the view puts inside of itself inherits this policy, and so can
 * begin with nothing but the same script, which first takes away what no policy of a browser covers.
 */
const POLICY = [
  'sandbox allow-scripts',
  "default-src 'none'",
  `script-src 'sha256-${SCRIPT_HASH}' 'unsafe-eval'`,
  "script-src-attr 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>View</title>
<script>${VIEW_SCRIPT}</script>
</head>
<body></body>
</html>
`;

/** The empty frame of every view. It holds nothing of anybody, so whoever asks may have it; its content comes by message. */
export function registerViewRoute(app: FastifyInstance): void {
  app.get(VIEW_FRAME_PATH, async (_request, reply) =>
    reply
      .headers({ 'content-security-policy': POLICY, 'x-frame-options': 'SAMEORIGIN', 'cache-control': 'no-cache' })
      .type('text/html; charset=utf-8')
      .send(PAGE),
  );
}
