import type { Pattern } from './topic.ts';

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  readonly values: Set<T>;
}

const createNode = <T>(): Node<T> => ({ children: new Map(), values: new Set() });

/** Finds every value whose pattern holds a topic. Cost grows with the topic's tokens, not with the number of patterns. */
export class TopicTrie<T> {
  readonly #root = createNode<T>();
  readonly #cache = new Map<string, readonly T[]>();
  readonly #cacheLimit: number;

  /** @param cacheLimit literal topics whose answer is kept until the trie changes */
  constructor(cacheLimit = 1024) {
    this.#cacheLimit = cacheLimit;
  }

  /** Adds a value under a pattern and returns its undo. */
  add(pattern: Pattern, value: T): () => void {
    const tokens = pattern.split('.');
    const path: Node<T>[] = [this.#root];
    for (const token of tokens) {
      const node = path[path.length - 1] as Node<T>;
      let child = node.children.get(token);
      if (child === undefined) {
        child = createNode<T>();
        node.children.set(token, child);
      }
      path.push(child);
    }
    (path[path.length - 1] as Node<T>).values.add(value);
    this.#cache.clear();
    return () => {
      if (!(path[path.length - 1] as Node<T>).values.delete(value)) return;
      this.#cache.clear();
      this.#prune(path, tokens);
    };
  }

  /** Every value whose pattern holds the topic, each once. */
  match(topic: string): readonly T[] {
    const known = this.#cache.get(topic);
    if (known !== undefined) return known;
    const found = new Set<T>();
    this.#collect(this.#root, topic.split('.'), 0, found);
    const values = [...found];
    if (this.#cache.size >= this.#cacheLimit) this.#cache.clear();
    this.#cache.set(topic, values);
    return values;
  }

  #collect(node: Node<T>, tokens: readonly string[], index: number, found: Set<T>): void {
    const token = tokens[index];
    if (token === undefined) {
      for (const value of node.values) found.add(value);
      return;
    }
    for (const value of node.children.get('>')?.values ?? []) found.add(value);
    const exact = node.children.get(token);
    if (exact !== undefined) this.#collect(exact, tokens, index + 1, found);
    const any = node.children.get('*');
    if (any !== undefined) this.#collect(any, tokens, index + 1, found);
  }

  #prune(path: readonly Node<T>[], tokens: readonly string[]): void {
    for (let depth = tokens.length; depth > 0; depth--) {
      const node = path[depth] as Node<T>;
      const parent = path[depth - 1] as Node<T>;
      const token = tokens[depth - 1] as string;
      if (node.values.size > 0 || node.children.size > 0 || parent.children.get(token) !== node) return;
      parent.children.delete(token);
    }
  }
}
