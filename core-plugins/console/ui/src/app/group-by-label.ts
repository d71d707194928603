/** Items that stand together under one heading. */
export interface Group<Item> {
  readonly label: string;
  readonly items: readonly Item[];
}

/** Groups by label, in the order of first appearance; the order inside a group stays. */
export function groupByLabel<Item>(items: readonly Item[], labelOf: (item: Item) => string): Group<Item>[] {
  const groups = Map.groupBy(items, labelOf);
  return [...groups].map(([label, members]) => ({ label, items: members }));
}
