/** The guest's half of the bridge, bundled beside the isolated child. */
export const GUEST_FILE = 'guest.js';
