/** The door for measurements: parts that the product reaches only through the kernel. */
export { Incarnation, type IncarnationOptions } from './lifecycle/incarnation.ts';
export { succeed } from './lifecycle/succeed.ts';
