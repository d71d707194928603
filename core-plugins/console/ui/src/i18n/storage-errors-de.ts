import type { ErrorWords } from './error-words.ts';

/** German words for errors about where things are kept: databases, files, events and vectors. */
export const storageErrorsDe: ErrorWords = new Map([
  [
    'STORAGE_LOCKED',
    { message: 'Die Daten sind abgeschlossen.', fix: 'Schließe den Tresor mit dem Hauptpasswort auf.' },
  ],
  [
    'STORAGE_FULL',
    {
      message: 'Die Festplatte ist voll; {subject} konnte nichts speichern.',
      fix: 'Schaffe Platz, dann versuche es noch einmal.',
    },
  ],
  [
    'VECTOR_SERVER_AWAY',
    {
      message: 'AICOs eigenes Chroma läuft nicht für {subject}: {problem}.',
      fix: 'Schalte vault-folder und chroma-server ein, und nenne in den Einstellungen von chroma-server den Ordner von chromadb; aico doctor sagt, was fehlt.',
    },
  ],
  [
    'STORAGE_QUOTA_EXCEEDED',
    {
      message: '{subject} hat alles gespeichert, was es darf: {limit} MB.',
      fix: 'Lösche etwas, oder gib ihm mehr Platz, unter Plugins.',
    },
  ],
  [
    'STORAGE_KEY_WRONG',
    {
      message: 'Die Daten von {subject} öffnen sich nicht mit dem Schlüssel dieses Tresors.',
      fix: 'Nimm den Ordner des Tresors und den der Daten aus derselben Sicherung.',
    },
  ],
  [
    'STORAGE_DAMAGED',
    {
      message: 'Die Daten von {subject} sind beschädigt: {problem}.',
      fix: 'Hole {file} aus einer Sicherung zurück; die beschädigte Datei ist noch da.',
    },
  ],
  [
    'STORAGE_NEWER',
    {
      message: 'Die Daten von {subject} stammen von einer neueren Fassung des Plugins.',
      fix: 'Aktualisiere das Plugin.',
    },
  ],
  [
    'STORAGE_MIGRATION_FAILED',
    {
      message: '{subject} konnte seine Daten nicht auf die neue Fassung bringen: {problem}.',
      fix: 'Sie sind, wie sie waren. Sag es dem Autor des Plugins.',
    },
  ],
  [
    'STORAGE_READONLY',
    {
      message: 'Die Daten von {subject} lassen sich nicht schreiben: {problem}.',
      fix: 'Gib dir Schreibrecht im Datenordner.',
    },
  ],
  [
    'STORAGE_BUSY',
    {
      message: 'Die Daten von {subject} benutzt gerade ein anderes AICO.',
      fix: 'Halte das andere an, das denselben Datenordner benutzt.',
    },
  ],
  [
    'STORAGE_DISK_FAILED',
    {
      message: 'Die Festplatte versagte, während sie Daten von {subject} las oder schrieb ({problem}).',
      fix: 'Prüfe die Festplatte, dann versuche es noch einmal; bleibt es so, hilft eine Sicherung.',
    },
  ],
  [
    'STORAGE_MEMORY',
    {
      message: 'Was {subject} von seinen Daten wissen wollte, braucht zu viel Arbeitsspeicher und wurde angehalten.',
      fix: 'Es ist nichts verloren. Versuche es mit weniger auf einmal.',
    },
  ],
  [
    'STORAGE_TIMEOUT',
    {
      message: 'Was {subject} von seinen Daten wissen wollte, dauerte zu lange und wurde angehalten.',
      fix: 'Versuche es mit weniger auf einmal.',
    },
  ],
  [
    'VECTOR_FULL',
    {
      message: 'In die Sammlung {collection} von {subject} passt nichts mehr.',
      fix: 'Lösche, was du nicht mehr brauchst.',
    },
  ],
  [
    'VECTOR_EXTERNAL_UNAVAILABLE',
    {
      message: 'Der fremde Speicher für Vektoren antwortet {subject} nicht: {problem}.',
      fix: 'Schalte das Plugin chroma ein, und sieh nach, ob sein Server läuft.',
    },
  ],
  [
    'VECTOR_EXTERNAL_GONE',
    {
      message: 'Der fremde Speicher hat keine Sammlung {collection} von {subject}, die doch dorthin umgezogen ist.',
      fix: 'Sieh nach, ob das Plugin chroma den Server verwendet, zu dem sie umgezogen ist. Bevor du einen anderen wählst, hol alles zurück: aico vectors move embedded.',
    },
  ],
  [
    'VECTOR_MOVE_FAILED',
    {
      message: 'Die Vektoren von {subject} ließen sich nicht umziehen: {problem}.',
      fix: 'Sie sind noch da, wo sie waren. Behebe den Grund, und lass sie noch einmal umziehen.',
    },
  ],
  [
    'MEMORY_MODEL_UNAVAILABLE',
    {
      message: 'Das Modell, mit dem nach dem Sinn gesucht wird, lässt sich nicht laden: {problem}.',
      fix: 'Installiere AICO noch einmal; bis dahin wird nach Wörtern gesucht.',
    },
  ],
  ['BLOB_UNKNOWN', { message: 'Diese Datei von {subject} ist nicht mehr da.', fix: 'Füge sie noch einmal hinzu.' }],
  [
    'BLOB_DAMAGED',
    {
      message: 'Eine Datei von {subject} ist beschädigt: {problem}.',
      fix: 'Hole {file} aus einer Sicherung zurück, oder füge sie noch einmal hinzu.',
    },
  ],
  ['BLOB_NEWER', { message: 'Eine Datei von {subject} hat ein neueres AICO geschrieben.', fix: 'Aktualisiere AICO.' }],
  ['BLOB_UPLOAD_UNKNOWN', { message: 'Das Hochladen wurde unterbrochen.', fix: 'Füge die Datei noch einmal hinzu.' }],
  [
    'BLOB_UPLOADS_FULL',
    { message: 'Es werden schon {limit} Dateien zugleich hochgeladen.', fix: 'Warte, bis eine fertig ist.' },
  ],
  [
    'JOURNAL_FULL',
    {
      message: 'Die Festplatte ist voll; ein Ereignis ließ sich nicht aufbewahren.',
      fix: 'Schaffe Platz, dann versuche es noch einmal.',
    },
  ],
  [
    'JOURNAL_UNWRITABLE',
    { message: 'Ereignisse lassen sich nicht aufbewahren: {problem}.', fix: 'Gib dir Schreibrecht im Datenordner.' },
  ],
  [
    'JOURNAL_DAMAGED',
    {
      message: 'Ein Teil der aufbewahrten Ereignisse ist beschädigt: {problem}.',
      fix: 'Hole {file} aus einer Sicherung zurück; die beschädigte Datei ist noch da.',
    },
  ],
  [
    'JOURNAL_KEY_WRONG',
    {
      message: 'Die aufbewahrten Ereignisse öffnen sich nicht mit dem Schlüssel dieses Tresors.',
      fix: 'Nimm den Ordner des Tresors und den der Daten aus derselben Sicherung.',
    },
  ],
  [
    'JOURNAL_LETTER_UNKNOWN',
    { message: 'Dieses Ereignis ist nicht mehr hier.', fix: 'Jemand hat es schon wiederholt oder aufgegeben.' },
  ],
  [
    'CACHE_UNAVAILABLE',
    { message: 'Der Zwischenspeicher geht nicht: {problem}.', fix: 'Alles geht auch ohne ihn, nur langsamer.' },
  ],
]);
