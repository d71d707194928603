/** For what touches the machine itself, by a grant: commands that are sealed off. */
export { type SealedSurroundings, sealedArguments } from './sealed-arguments.ts';
