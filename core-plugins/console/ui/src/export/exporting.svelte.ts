import type { ExportDone, ExportFormat, ExportPart } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus, RunningStream } from '../api/bus.ts';
import { saveBlob } from '../egress/save-file.ts';
import { decodeBase64 } from '../talk/attach/base64.ts';
import { writeZip } from './zip.ts';

/** Exports what was chosen into one archive, which the browser saves. */
export class Exporting {
  readonly #bus: Bus;
  #parts = $state.raw<readonly ExportPart[] | undefined>();
  #error = $state.raw<ApiError | undefined>();
  #failed = $state.raw<ApiError | undefined>();
  #progress = $state.raw<{ readonly done: number; readonly total: number } | undefined>();
  #saved = $state.raw<(ExportDone & { readonly name: string }) | undefined>();
  #running: RunningStream<ExportDone> | undefined;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get parts(): readonly ExportPart[] | undefined {
    return this.#parts;
  }
  /** Why nothing can be chosen. */
  get error(): ApiError | undefined {
    return this.#error;
  }
  /** What the last export failed with. */
  get failed(): ApiError | undefined {
    return this.#failed;
  }
  /** How far it is, while it is under way. */
  get progress(): { readonly done: number; readonly total: number } | undefined {
    return this.#progress;
  }
  get saved(): (ExportDone & { readonly name: string }) | undefined {
    return this.#saved;
  }

  async load(): Promise<void> {
    try {
      this.#parts = (await this.#bus.request('export.parts.v1', {})).parts;
      this.#error = undefined;
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  async run(formats: readonly ExportFormat[], parts: readonly string[], now: Date): Promise<void> {
    this.#failed = undefined;
    this.#saved = undefined;
    this.#progress = { done: 0, total: 0 };
    // As blobs the pieces are the browser's to keep, and need not stay in memory.
    const files = new Map<string, Blob[]>();
    try {
      const wish = { formats: [...formats], parts: [...parts] };
      this.#running = this.#bus.stream('export.run.v1', wish, ({ file, data, done, total }) => {
        const pieces = files.get(file) ?? [];
        files.set(file, pieces);
        pieces.push(new Blob([decodeBase64(data)]));
        this.#progress = { done, total };
      });
      const done = await this.#running.result;
      const zip = await writeZip(
        [...files].map(([path, pieces]) => ({ path, content: new Blob(pieces) })),
        now,
      );
      const name = `aico-${now.toISOString().slice(0, 10)}.zip`;
      saveBlob(name, zip);
      this.#saved = { ...done, name };
    } catch (error) {
      const problem = toApiError(error);
      if (problem.code !== 'KERNEL_CANCELLED') this.#failed = problem;
    } finally {
      this.#progress = undefined;
      this.#running = undefined;
    }
  }

  stop(): void {
    this.#running?.cancel();
  }
}
