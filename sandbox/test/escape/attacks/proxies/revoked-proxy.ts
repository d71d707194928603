import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'hands revoked proxies to every call',
  expect: CONTAINED,
  body: `
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const call of [() => ctx.assets.read(proxy), () => log.info(proxy, proxy), () => ctx.bus.publish(proxy, proxy), () => ctx.setTimer(proxy, proxy), () => ctx.effect(proxy), () => crypto.getRandomValues(proxy), () => new TextDecoder().decode(proxy), () => setTimeout(proxy, proxy)]) {
      try { await Promise.resolve(call()).catch(() => {}); } catch {}
    }`,
});
