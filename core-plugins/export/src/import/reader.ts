/** Takes a file of an import, piece by piece. */
export interface Reader {
  take(bytes: Uint8Array): Promise<void>;
  /** The file is whole, as far as its sum tells. */
  end(): Promise<void>;
  /** The file is given up. */
  drop?(): Promise<void>;
}
