import { systemResolver } from './http/resolve.ts';
import { createNetworkPlugin } from './network-plugin.ts';

export default createNetworkPlugin({ resolver: systemResolver });
