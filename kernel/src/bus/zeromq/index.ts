export { ZmqPeerSockets } from './zmq-peer-sockets.ts';
