/** Why a socket was closed: RFC 6455 section 7.4.1, and one of our own. */
export const CloseCode = {
  goingAway: 1001,
  unsupportedData: 1003,
  policy: 1008,
  tooLarge: 1009,
  tryLater: 1013,
  /** The session ended: sign in before connecting again. */
  sessionEnded: 4401,
} as const;
