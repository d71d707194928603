import type { ExportOutcome, ExportRecord, ForgetItem, ForgetOrder, ForgetSearch } from '@aico/schemas';
import type { TestKernel } from './test-kernel.ts';

/** Asks a plugin for what it keeps, as forgetting, export and import do. */
export interface TestRecords {
  /** What it keeps of something. */
  find(search: ForgetSearch): Promise<readonly ForgetItem[]>;
  /** Has it remove something; how many of each kind went. */
  forget(order: Partial<ForgetOrder>): Promise<Readonly<Record<string, number>>>;
  /** All that it keeps. */
  exported(): Promise<readonly ExportRecord[]>;
  /** Has it take records back, in their order; what came of each. */
  imported(records: readonly ExportRecord[], options?: { readonly dry?: boolean }): Promise<readonly ExportOutcome[]>;
}

const NOTHING: ForgetOrder = {
  ...{ messages: [], conversations: [], memories: [], titles: [], others: [] },
  since: '2000-01-01T00:00:00Z',
};

/** Stands in for forgetting, export and import before one plugin of a test. */
export async function recordsOf(kernel: TestKernel, plugin: string): Promise<TestRecords> {
  const topics = ['forget.find', 'forget.run', 'export.read', 'export.add'];
  const { bus } = await kernel.peer({
    id: `records-of-${plugin}`,
    permissions: topics.map((topic) => ({ verb: 'request', topic: `plugin.${plugin}.${topic}.v1` }) as const),
  });
  return {
    find: async (search) => (await bus.request(`plugin.${plugin}.forget.find.v1`, search)).items,
    forget: async (order) => {
      const { kinds } = await bus.request(`plugin.${plugin}.forget.run.v1`, { ...NOTHING, ...order });
      return Object.fromEntries(kinds.map(({ kind, removed }) => [kind, removed]));
    },
    exported: async () => {
      const records: ExportRecord[] = [];
      for (let after: string | undefined; ; ) {
        const page = await bus.request(`plugin.${plugin}.export.read.v1`, after === undefined ? {} : { after });
        records.push(...page.records);
        after = page.next;
        if (after === undefined) return records;
      }
    },
    imported: async (records, { dry = false } = {}) => {
      const outcomes: ExportOutcome[] = [];
      for (const { kind, data } of records) {
        const asked = { kind, records: [data], dry };
        outcomes.push(...(await bus.request(`plugin.${plugin}.export.add.v1`, asked)).outcomes);
      }
      return outcomes;
    },
  };
}
