export { AccessList, type Decision, type GrantVerb } from './acl/access-list.ts';
export { Broker, type BrokerOptions } from './bus/broker.ts';
export { ContractTable } from './bus/contract-table.ts';
export { createMemoryLinks } from './bus/memory/memory-link.ts';
export type { Attachment, PeerOptions } from './bus/peer-options.ts';
export type * from './contracts/index.ts';
export { Kernel, type KernelOptions } from './kernel.ts';
export { completeQuota, DEFAULT_QUOTA } from './quota/defaults.ts';
