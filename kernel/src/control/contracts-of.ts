import { contains, type Pattern, parsePattern, TOPICS, type TopicContract } from '@aico/schemas';

/** Topics of permissions come from strangers' manifests: what is remembered of them has an end. */
const REMEMBERED = 1000;

const CONTRACTS: readonly (readonly [Pattern, TopicContract])[] = TOPICS.map((contract) => [
  parsePattern(contract.topic),
  contract,
]);
const found = new Map<string, readonly TopicContract[]>();

/**
 * The contracts that a permission's topic or pattern is about: those within it, and those that it lies in.
 * Lists of plugins ask for the same few hundred again and again, each time several times: each is looked for once.
 * @throws AicoError KERNEL_TOPIC_MALFORMED
 */
export function contractsOf(topic: string): readonly TopicContract[] {
  const known = found.get(topic);
  if (known !== undefined) return known;
  const asked = parsePattern(topic);
  const contracts = CONTRACTS.filter(([about]) => contains(asked, about) || contains(about, asked)).map(([, of]) => of);
  const [oldest] = found.keys();
  if (found.size >= REMEMBERED && oldest !== undefined) found.delete(oldest);
  found.set(topic, contracts);
  return contracts;
}
