/** For what touches the machine itself, by a grant: files that last, and commands that are sealed off. */
export {
  openDurably,
  readFileIfThere,
  removeDurably,
  syncFolder,
  writeFileAtomic,
  writeWhole,
} from './durable-file.ts';
export { type SealedSurroundings, sealedArguments } from './sealed-arguments.ts';
