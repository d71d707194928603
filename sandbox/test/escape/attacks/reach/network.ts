import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'connects to this machine by any name it can think of',
  expect: CONTAINED,
  body: `
    const url = 'http://127.0.0.1:' + PLACES.port + '/';
    for (const open of [() => fetch(url), () => new WebSocket(url.replace('http', 'ws')), () => new XMLHttpRequest().open('GET', url), () => new EventSource(url), () => navigator.sendBeacon(url), () => import(url), () => require('net').connect(PLACES.port), () => new Image(), () => new WebTransport(url), () => new RTCPeerConnection()]) {
      try { got(String(await open())); } catch {}
    }`,
});
