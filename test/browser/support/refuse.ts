import type { Page } from 'playwright-core';

/** Loads a page anew, so that requests on the topics fail from now on, unanswered; more may come and go. */
export async function refuse(page: Page, ...first: string[]): Promise<Set<string>> {
  const topics = new Set(first);
  await page.routeWebSocket(/\/api\/v1\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const { id, topic } = JSON.parse(String(message)) as { id: number; topic?: string };
      if (topic === undefined || !topics.has(topic)) return server.send(message);
      const error = { code: 'KERNEL_REQUEST_TIMEOUT', message: 'It was refused for a test.', subject: topic };
      socket.send(JSON.stringify({ op: 'error', id, error }));
    });
  });
  await page.reload();
  return topics;
}
