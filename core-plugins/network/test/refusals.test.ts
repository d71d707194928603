import { afterEach, describe, expect, test } from 'vitest';
import { ALL_LOCAL, errorOf, loadNetwork } from './support/load-network.ts';
import { startWeb } from './support/web-server.ts';

const PUBLIC = { 'api.example.org': ['93.184.216.34'], 'example.org': ['93.184.216.34'] };
const EXAMPLE = { hosts: ['api.example.org'] };

describe('a URL is read once, as browsers read it, and then held to the permission [SEC-4, PLG-2]', () => {
  test.each([
    ['no address at all', 'not a url at all', 'NET_URL_REFUSED'],
    ['a file', 'file:///etc/passwd', 'NET_URL_REFUSED'],
    ['data', 'data:text/plain,hello', 'NET_URL_REFUSED'],
    ['another protocol', 'gopher://api.example.org/', 'NET_URL_REFUSED'],
    ['a WebSocket', 'wss://api.example.org/', 'NET_URL_REFUSED'],
    ['a user name', 'https://user@api.example.org/', 'NET_URL_REFUSED'],
    ['a password', 'https://user:secret@api.example.org/', 'NET_URL_REFUSED'],
    ['a host that is a user name', 'https://api.example.org@127.0.0.1/', 'NET_URL_REFUSED'],
    ['an empty host', 'https://./', 'NET_URL_REFUSED'],
    ['two final dots', 'https://api.example.org../', 'NET_URL_REFUSED'],
    ['a zone of an IPv6 address', 'https://[fe80::1%25eth0]/', 'NET_URL_REFUSED'],
    ['a zone of an IPv4 address', 'https://127.0.0.1%25eth0/', 'NET_URL_REFUSED'],
    ['a port beyond all', 'https://api.example.org:99999/', 'NET_URL_REFUSED'],
    ['a port that is none', 'https://api.example.org:0/', 'NET_URL_REFUSED'],
    ['another host', 'https://example.org/', 'NET_HOST_DENIED'],
    ['a host below', 'https://a.api.example.org/', 'NET_HOST_DENIED'],
    ['a host that ends alike', 'https://evil-api.example.org/', 'NET_HOST_DENIED'],
    ['a host that begins alike', 'https://api.example.org.evil.test/', 'NET_HOST_DENIED'],
    ['a letter that looks alike', 'https://аpi.example.org/', 'NET_HOST_DENIED'],
    ['this computer', 'https://localhost/', 'NET_HOST_DENIED'],
    ['this computer as one number', 'https://2130706433/', 'NET_HOST_DENIED'],
    ['this computer in hex', 'https://0x7f.1/', 'NET_HOST_DENIED'],
    ['a backslash', 'https:\\\\example.org\\api.example.org', 'NET_HOST_DENIED'],
    ['http', 'http://api.example.org/', 'NET_HTTP_DENIED'],
    ['another port', 'https://api.example.org:8443/', 'NET_PORT_DENIED'],
  ])('%s: %s ends with %s', async (_, url, code) => {
    const network = await loadNetwork(PUBLIC);
    const { fetch } = await network.plugin(EXAMPLE);
    const error = await errorOf(fetch(url));
    expect([error.code, error.message, error.rule, error.fix]).toEqual([
      code,
      expect.stringContaining('stranger'),
      expect.stringMatching(/./),
      expect.stringMatching(/./),
    ]);
    expect(JSON.stringify(error.toReport())).not.toMatch(/secret|passwd/);
    expect(network.lookedUp).toEqual([]);
    expect((await network.entries()).length).toBe(code === 'NET_URL_REFUSED' ? 0 : 1);
  });

  test('what grows too long when it is read is refused, and nobody is asked', async () => {
    const network = await loadNetwork(PUBLIC);
    const { fetch } = await network.plugin(EXAMPLE);
    const error = await errorOf(fetch(`https://api.example.org/${'ü'.repeat(1500)}`));
    expect([error.code, error.details.problem, network.lookedUp]).toEqual([
      'NET_URL_REFUSED',
      'has more than 8192 characters',
      [],
    ]);
  });

  test('a look-alike is named as what it is', async () => {
    const { fetch } = await (await loadNetwork()).plugin(EXAMPLE);
    expect((await errorOf(fetch('https://аpi.example.org/'))).details.host).toBe('xn--pi-6kc.example.org');
  });

  test('a method that is not granted is refused', async () => {
    const { fetch } = await (await loadNetwork(PUBLIC)).plugin(EXAMPLE);
    const error = await errorOf(fetch('https://api.example.org/', { method: 'POST', body: 'x' }));
    expect([error.code, error.details.allowed]).toEqual(['NET_METHOD_DENIED', 'GET, HEAD']);
  });
});

describe('without hosts there are none [SEC-4, PLG-2]', () => {
  test.each([
    ['without constraints', undefined],
    ['with an empty list', { hosts: [] }],
    ['with everything but hosts', { anyPort: true, allowHttp: true, allowPrivate: true, allowLoopback: true }],
  ])('%s', async (_, constraints) => {
    const { fetch } = await (await loadNetwork(PUBLIC)).plugin(constraints);
    const error = await errorOf(fetch('https://api.example.org/'));
    expect([error.code, error.details.allowed]).toEqual(['NET_HOST_DENIED', 'none']);
  });

  test('a wildcard is every name below a name, and not the name itself', async () => {
    const names = { 'a.example.org': ['10.0.0.1'], 'b.a.example.org': ['10.0.0.1'] };
    const { fetch } = await (await loadNetwork(names)).plugin({ hosts: ['*.example.org'] });
    const codes = await Promise.all(
      ['a.example.org', 'b.a.example.org', 'example.org', 'aexample.org'].map(
        async (host) => (await errorOf(fetch(`https://${host}/`))).code,
      ),
    );
    expect(codes).toEqual(['NET_ADDRESS_DENIED', 'NET_ADDRESS_DENIED', 'NET_HOST_DENIED', 'NET_HOST_DENIED']);
  });
});

describe('an address is checked after its name was looked up [SEC-4]', () => {
  const FORBIDDEN = [
    '127.0.0.1',
    '10.1.2.3',
    '192.168.0.10',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fd00::1',
    'fe80::1',
  ];

  test.each(FORBIDDEN)('a granted name that leads to %s is refused', async (address) => {
    const network = await loadNetwork({ 'api.example.org': [address] });
    const { fetch } = await network.plugin(EXAMPLE);
    const error = await errorOf(fetch('https://api.example.org/'));
    expect([error.code, error.details.address]).toEqual(['NET_ADDRESS_DENIED', address]);
    expect(await network.entries()).toMatchObject([
      { plugin: 'stranger', host: 'api.example.org', outcome: 'failed', error: 'NET_ADDRESS_DENIED' },
    ]);
  });

  test('one address among good ones refuses them all', async () => {
    const network = await loadNetwork({ 'api.example.org': ['93.184.216.34', '127.0.0.1'] });
    const { fetch } = await network.plugin(EXAMPLE);
    expect((await errorOf(fetch('https://api.example.org/'))).code).toBe('NET_ADDRESS_DENIED');
  });

  test.each([
    ['127.0.0.1', 'decimal', '2130706433'],
    ['127.0.0.1', 'hex', '0x7f000001'],
    ['127.0.0.1', 'octal', '0177.0.0.01'],
    ['127.0.0.1', 'octal as one number', '017700000001'],
    ['127.0.0.1', 'hex and octal mixed', '0x7f.0.00.0x1'],
    ['127.0.0.1', 'short', '127.1'],
    ['127.0.0.1', 'full-width', '１２７.０.０.１'],
    ['127.0.0.1', 'a final dot', '127.0.0.1.'],
    ['[::1]', 'a long form', '[0:0:0:0:0:0:0:1]'],
    ['[::ffff:7f00:1]', 'mapped', '[::ffff:127.0.0.1]'],
    ['[::ffff:a00:1]', 'mapped and in full', '[0:0:0:0:0:ffff:10.0.0.1]'],
    ['0.0.0.0', 'nothing but zero', '0'],
    ['169.254.169.254', 'decimal', '2852039166'],
  ])('%s, in %s, is refused also where any host is granted', async (host, _, spelling) => {
    const network = await loadNetwork();
    const { fetch } = await network.plugin({ anyHost: true });
    const error = await errorOf(fetch(`https://${spelling}/`));
    expect([error.code, error.details.host]).toEqual(['NET_ADDRESS_DENIED', host]);
  });

  test('what is private and what is this computer are two permissions, and neither opens the rest', async () => {
    const names = { 'home.test': ['192.168.255.254'], 'own.test': ['127.0.0.1'], 'meta.test': ['169.254.169.254'] };
    const codesOf = async (constraints: object) => {
      const network = await loadNetwork(names);
      const { fetch } = await network.plugin({ anyHost: true, anyPort: true, allowHttp: true, ...constraints });
      const urls = ['http://home.test:9/', 'http://own.test:9/', 'http://meta.test:9/'];
      const codeOf = (url: string) =>
        fetch(url, { timeoutMs: 300 }).then(
          () => 'answered',
          ({ code }) => code,
        );
      return Promise.all(urls.map(codeOf));
    };
    const [denied, tried] = [
      'NET_ADDRESS_DENIED',
      expect.stringMatching(/answered|NET_UNREACHABLE|NET_TIMED_OUT|NET_CUT_OFF/),
    ];
    expect(await codesOf({})).toEqual([denied, denied, denied]);
    expect(await codesOf({ allowPrivate: true })).toEqual([tried, denied, denied]);
    expect(await codesOf({ allowLoopback: true })).toEqual([denied, tried, denied]);
  });

  test('a name that changes its meaning is connected to where it was checked [SEC-4]', async () => {
    const server = await startWeb((_, response) => response.end('here'));
    let times = 0;
    const network = await loadNetwork(async () => (times++ === 0 ? ['127.0.0.1'] : ['127.0.0.2']));
    const { fetch } = await network.plugin(ALL_LOCAL);
    expect(await (await fetch(`http://tricky.test:${server.port}/`)).text()).toBe('here');
    expect([times, (await network.entries())[0]?.address]).toEqual([1, '127.0.0.1']);
  });

  test('a name that changes its meaning between two steps of a redirect is checked again [SEC-4]', async () => {
    const server = await startWeb((_, response) => response.writeHead(302, { location: '/inside' }).end());
    let times = 0;
    const network = await loadNetwork(async () => (times++ === 0 ? ['127.0.0.1'] : ['10.0.0.1']));
    const { fetch } = await network.plugin(ALL_LOCAL);
    const error = await errorOf(fetch(`http://tricky.test:${server.port}/`));
    expect([error.code, error.details.address, server.requests.length]).toEqual(['NET_ADDRESS_DENIED', '10.0.0.1', 1]);
  });

  test('a name server that says nothing is not waited for longer than the request', async () => {
    const network = await loadNetwork(() => new Promise(() => {}));
    const { fetch } = await network.plugin(EXAMPLE);
    const error = await errorOf(fetch('https://api.example.org/', { timeoutMs: 200 }));
    expect([error.code, (await network.entries())[0]?.outcome]).toEqual(['NET_TIMED_OUT', 'failed']);
  });

  test('a name that nobody knows is told as that', async () => {
    const { fetch } = await (await loadNetwork()).plugin(EXAMPLE);
    expect((await errorOf(fetch('https://api.example.org/'))).code).toBe('NET_NAME_UNKNOWN');
  });
});

describe('headers about the connection are refused [SEC-4]', () => {
  test.each([
    ['host', 'evil.test'],
    ['Connection', 'x-api-key'],
    ['transfer-encoding', 'chunked'],
    ['content-length', '3'],
    ['Proxy-Authorization', 'Basic x'],
    ['upgrade', 'websocket'],
    ['te', 'trailers'],
    ['expect', '100-continue'],
    ['sec-fetch-site', 'none'],
    ['accept-encoding', 'zstd'],
    ['x-one', 'a\r\nhost: evil.test'],
    ['x-one', 'a\u0000'],
    ['x-one', 'snow ☃'],
  ])('%s: %j', async (header, value) => {
    const network = await loadNetwork(PUBLIC);
    const { fetch } = await network.plugin(EXAMPLE);
    const error = await errorOf(fetch('https://api.example.org/', { headers: { [header]: value } }));
    expect([error.code, error.details.header]).toEqual(['NET_HEADER_REFUSED', header.toLowerCase()]);
  });

  test('more than a server has to read is refused', async () => {
    const { fetch } = await (await loadNetwork(PUBLIC)).plugin(EXAMPLE);
    const headers = Object.fromEntries(Array.from({ length: 3 }, (_, at) => [`x-${at}`, 'a'.repeat(8000)]));
    expect((await errorOf(fetch('https://api.example.org/', { headers }))).code).toBe('NET_HEADER_REFUSED');
  });
});

const proxied = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'NODE_USE_ENV_PROXY'] as const;
afterEach(() => {
  for (const name of proxied) delete process.env[name];
});

test('a proxy in the environment is not used [SEC-4]', async () => {
  const proxy = await startWeb((_, response) => response.end('through the proxy'));
  for (const name of proxied) process.env[name] = `http://127.0.0.1:${proxy.port}`;
  process.env.NODE_USE_ENV_PROXY = '1';
  const server = await startWeb((_, response) => response.end('direct'));
  const { fetch } = await (await loadNetwork({ 'own.test': ['127.0.0.1'] })).plugin(ALL_LOCAL);
  expect(await (await fetch(`http://own.test:${server.port}/`)).text()).toBe('direct');
  expect(proxy.requests).toEqual([]);
});
