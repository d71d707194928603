import type { FastifyHelmetOptions } from '@fastify/helmet';

const SELF = "'self'";
const NONE = "'none'";

/**
 * Only what this gateway serves runs, loads or is framed; nothing is sent elsewhere. Style attributes are allowed because
 * component libraries place their pop-ups with them; style elements and inline scripts are not.
 */
export const SECURITY_HEADERS: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: [SELF],
      scriptSrc: [SELF],
      scriptSrcAttr: [NONE],
      styleSrc: [SELF],
      styleSrcAttr: ["'unsafe-inline'"],
      imgSrc: [SELF, 'data:', 'blob:'],
      connectSrc: [SELF],
      objectSrc: [NONE],
      // The frame of plugins' views; this also holds for where such a frame would lead itself.
      frameSrc: [SELF],
      baseUri: [NONE],
      formAction: [SELF],
      frameAncestors: [NONE],
    },
  },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  crossOriginEmbedderPolicy: false,
  originAgentCluster: true,
  referrerPolicy: { policy: 'no-referrer' },
  xContentTypeOptions: true,
  xFrameOptions: { action: 'deny' },
  xDnsPrefetchControl: { allow: false },
  // There is no TLS on loopback that a browser could be held to.
  strictTransportSecurity: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

/** Powers of the browser that the app does not use. */
export const PERMISSIONS_POLICY = 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()';
