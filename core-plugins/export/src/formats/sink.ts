/** Takes records one after another and writes them in a format. */
export interface Sink {
  add(plugin: string, kind: string, data: Readonly<Record<string, unknown>>): Promise<void>;
  end(): Promise<void>;
}
